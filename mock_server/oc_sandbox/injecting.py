"""What a fault makes of a reply: a refusal that nothing caused, a proxy's page, a spoilt body, a lost connection."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from string import Formatter
from typing import Any

from .call import Reply, Transport
from .contract import Api, ErrorRow, Operation
from .faults import Given, Hit
from .refusal import Refused, Wire

NO_REPLY = Reply(0, (), b"")
OF_PROXIES = frozenset({502, 503, 504})
"""The statuses that a proxy gives when it has no answer of what stands behind it."""
_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>{1}</center>\r\n</body>\r\n</html>\r\n"
)
_SCALARS = (str, int, float)


def refusals_for(fault: Given, operation: Operation, request: Wire) -> list[Refused]:
    """The refusals that a fault wants; of a batch one for each item, where its error is about items.

    What the texts want and the fault does not give is taken from the request, and in the end is but its own name.
    """
    row = operation.errors[fault["error"]]
    data = request.get("data") if isinstance(request, dict) else None
    items = data if isinstance(data, list) and data and about_items(row) else [request]
    wanted = {name for _, name, _, _ in Formatter().parse(row.message) if name} - {"id"}
    return [Refused(row.name, **{**_found(wanted, item), **fault.get("values", {})}) for item in items]


def about_items(row: ErrorRow) -> bool:
    """Whether the error tells which item of a batch it is about."""
    return isinstance(row.envelope.item, dict) and "$id" in row.envelope.item.values()


def _found(wanted: set[str], item: Wire) -> dict[str, Any]:
    """What the request gives for each name that a text wants, and for `id`, which is what the item is called."""
    given: dict[str, Any] = {}
    for key, value in scalars(item):
        given.setdefault(key, value)
    found = {name: _of_that_name(name.replace("_", ""), given, name) for name in wanted}
    called = next((value for key, value in given.items() if key.startswith("reference")), None)
    return {"id": called or next((found[name] for name in sorted(wanted) if found[name] != name), ""), **found}


def _of_that_name(name: str, given: Mapping[str, Any], otherwise: str) -> Any:
    if name in given:
        return given[name]
    return next((value for key, value in given.items() if key.endswith(name) or name.endswith(key)), otherwise)


def scalars(node: Wire, name: str = "") -> Iterator[tuple[str, Any]]:
    """The texts and numbers of a request, each with its key in lower case, of a list's items the list's."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from scalars(value, key.lower())
    elif isinstance(node, list):
        for value in node:
            yield from scalars(value, name.removesuffix("list"))
    elif isinstance(node, _SCALARS) and len(name) > 3:
        yield name, node


def by_proxy(fault: Given) -> bool:
    """Whether an HTTP status bears the page of a proxy."""
    return bool(fault["from"] == "proxy") if "from" in fault else fault["status"] in OF_PROXIES


def proxy_page(status: int, api: Api) -> Reply:
    """An error page as nginx makes it, which is what the replies of one of the vendors say stands in front of it."""
    server = dict(api.reply_headers).get("server", "nginx")
    body = _PAGE.format(f"{status} {phrase(status)}", server).encode()
    return Reply(status, (("server", server), ("content-type", "text/html"), ("connection", "close")), body)


def http_error_row(status: int, api: Api) -> ErrorRow:
    """The API's own way of answering with a status, by the example of its 404."""
    example = api.errors[api.engine_error("unknown_path")]
    words = phrase(status)
    return example._replace(name=f"http_{status}", code=words, message=words, http_status=status, evidence="assumed")


def phrase(status: int) -> str:
    """What HTTP calls a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def spoilt(reply: Reply, hit: Hit) -> Reply:
    """The reply as the faults leave it; what happens on its way is said in `transport`."""
    fault = hit.answer
    promised = None
    if "body" in fault:
        reply = reply._replace(body=_SPOILT[fault["body"]](reply.body))
    elif "content_type" in fault:
        others = tuple(header for header in reply.headers if header[0] != "content-type")
        reply = reply._replace(headers=(*others, ("content-type", fault["content_type"])))
    elif fault.get("drop") == "mid_body":
        promised = max(len(reply.body), 1)
        reply = reply._replace(body=reply.body[: promised // 2])
    elif "drop" in fault:
        reply = NO_REPLY
    dropped = reply is NO_REPLY
    if dropped or promised or hit.latency_s or hit.drip_s:
        reply = reply._replace(transport=Transport(hit.latency_s, hit.drip_s, dropped, promised))
    return reply


def _no_json(body: bytes) -> bytes:
    """The body with its first colon lost; where there is none, it was no JSON object, and now is not even text."""
    return body.replace(b'":', b'" ', 1) if b'":' in body else b"\0" + body


_SPOILT = {"empty": lambda body: b"", "cut": lambda body: body[: len(body) // 2], "malformed": _no_json}
