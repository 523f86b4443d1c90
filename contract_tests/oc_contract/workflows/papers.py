"""Papers that a sandbox draws: where their addresses lead. Those of another server are not looked at."""

from string import Formatter
from urllib.parse import unquote, urlsplit

from .flow import Flow


def named(flow: Flow, operation: str, url: str, name: str) -> None:
    """Errors: Wrong, unless the address of a paper bears the name that it must."""
    known = _path_of(flow, url)
    if known:
        flow.same(f"{operation}: gives the address of the paper asked for", name, known["name"])


def fetched(flow: Flow, operation: str, url: str) -> None:
    """Errors: Wrong, unless a PDF is where an address says."""
    known = _path_of(flow, url)
    if known:
        reply = flow.call("get_file", path=known)
        there = flow.outcome(reply, {""}, url) and reply.answer.body.startswith(b"%PDF-")
        flow.claim(there, f"{operation}: a PDF is where the address says", url)


def _path_of(flow: Flow, url: str) -> dict[str, str]:
    """What the path of a file of the target's own tenant names; empty for any other address."""
    template = flow.operation("get_file").path
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    folder, path = template[: template.index("{")], unquote(urlsplit(url).path)
    values = path.removeprefix(folder).split("/") if path.startswith(folder) else []
    known = dict(zip(names, values, strict=False))
    mine = len(values) == len(names) and known["client_key"] == flow.target.keys.client_key
    return known if mine else {}
