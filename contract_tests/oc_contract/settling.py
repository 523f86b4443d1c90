"""Which answer to each open question a target gives, found out from outside: calls in, replies looked at.

What was found is a file that the fake loads (`serve --assumptions FILE`), with the date and the calls that showed it.
"""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.formats import WRITERS, before, zone_of

from .scenes import AnyDialect, Draft, Scene, Unfit
from .targets import Answer, Request, Target, credentials

Json = Any
UNKNOWN_SKU = "OC9999999999999"
TOO_MANY = 999_999


class Settled(NamedTuple):
    """What a target answers to a question, or why it could not be told; and the calls made for it."""

    question: str
    answer: str | None
    why: str
    calls: tuple[tuple[Request, Answer], ...]


def settle(target: Target) -> Iterator[Settled]:
    """Every question that a target can be asked. Errors: Unreachable; Spent."""
    scene = AnyDialect(target)
    # In the order of the looks: the last move the clock.
    for question in sorted(catalog().questions, key=lambda name: list(LOOKS).index(name) if name in LOOKS else -1):
        look, before_calls = LOOKS.get(question), len(scene.calls)
        answer, why = None, ""
        if look is None:
            why = "it cannot be seen from outside"
        else:
            try:
                answer = look(scene)
                if question == "signing" and answer == "stage":
                    target.keys = target.keys._replace(signing="stage")
                why = "" if answer else "the replies fit none of the answers"
            except (Unfit, KeyError, IndexError, TypeError, ValueError) as error:
                why = f"{error}" or type(error).__name__
        yield Settled(question, answer, why, tuple(scene.calls[before_calls:]))


def as_file(found: Iterable[Settled], *, target: str, date: str) -> bytes:
    """What the fake loads: the answers that were seen, with target and date, and what could not be told.

    Without a target they are told as assumed all the same: what a sandbox of ours answers is what we assume.
    """
    by_question = {each.question: each for each in found}
    not_seen = {
        name: by_question[name].why if name in by_question else "the run ended before it was asked"
        for name in catalog().questions
        if name not in by_question or not by_question[name].answer
    }
    told = {
        "target": target,
        "date": date,
        "assumptions": {name: each.answer for name, each in by_question.items() if each.answer},
        "not_seen": not_seen,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


# --- calls ------------------------------------------------------------------------------------------------------------


def _operation(name: str) -> Operation:
    return catalog().operations[name]


def _body(answer: Answer) -> Json:
    return orjson.loads(answer.body)


def _good(answer: Answer) -> bool:
    body = _body(answer)
    return answer.status < 400 and body.get("code") == 0


def _post(scene: Scene, name: str, data: Json, **more: Any) -> Answer:
    return scene.send(Draft(_operation(name), {}, {}, {"data": data, "messageId": scene.new(), **more}))


def _taken(scene: Scene, name: str, usual: Json, asked: Json) -> bool:
    """Whether a request is taken. Errors: Unfit, where a usual one is not either: then a refusal tells nothing."""
    _usual(_post(scene, name, usual), name)
    return _good(_post(scene, name, asked))


def _usual(answer: Answer, name: str) -> Answer:
    if not _good(answer):
        told = answer.body[:200].decode("utf-8", "replace")
        raise Unfit(f"{name} refuses what nobody doubts: HTTP {answer.status} {told}")
    return answer


def _order(scene: Scene, **changes: Any) -> dict[str, Any]:
    draft = scene.draft(_operation("place_outbound_order"))
    row: dict[str, Any] = copy.deepcopy(draft.body["data"][0])
    for line in row["productList"]:
        line["SKUQuantity"] = 1
    return {**row, **changes}


def _too_many(order: dict[str, Any]) -> dict[str, Any]:
    return {**order, "productList": [{**line, "SKUQuantity": TOO_MANY} for line in order["productList"]]}


def _text(scene: Scene, **ago: float) -> str:
    return WRITERS["offset-date-time"]((scene.now() - timedelta(**ago)).astimezone(zone_of("+0800")))


# --- what to look at --------------------------------------------------------------------------------------------------


def _seven_days(scene: Scene) -> str | None:
    end = scene.now().replace(microsecond=0)
    write = WRITERS["offset-date-time"]
    window = {"startTime": write(end - timedelta(days=7)), "endTime": write(end)}
    usual = {**window, "startTime": write(end - timedelta(days=6))}
    names = "get_stock_movement", "inbound_order_detail_query"
    taken = tuple(_taken(scene, name, usual, window) for name in names)
    return {(True, False): "by_page", (True, True): "inside", (False, False): "outside"}.get((taken[0], taken[1]))


def _twelve_months(scene: Scene) -> str | None:
    start = before(scene.now(), "P12M") - timedelta(hours=12)
    write = WRITERS["offset-date-time"]
    window = {"startTime": write(start), "endTime": write(start + timedelta(days=1))}
    usual = {"startTime": write(start + timedelta(days=2)), "endTime": write(start + timedelta(days=3))}
    return "a_day" if _taken(scene, "get_stock_movement", usual, window) else "not_at_all"


def _batch(scene: Scene) -> str | None:
    good, bad = _order(scene), _too_many(_order(scene))
    told = _body(_post(scene, "place_outbound_order", [good, bad]))
    if told.get("code") == 0:
        return None
    asked = {"referenceNumberList": [{"referenceNumber": good["referenceNumber"]}]}
    return "partial" if _body(_post(scene, "outbound_order_query_v2", asked)).get("data") else "atomic"


def _reference(scene: Scene) -> str | None:
    order = _order(scene)
    first, again = (_post(scene, "place_outbound_order", [order]) for _ in range(2))
    _usual(first, "place_outbound_order")
    if not _good(again):
        return "refused"
    numbers = {_body(each)["data"][0]["orderNumber"] for each in (first, again)}
    return "same_number" if len(numbers) == 1 else "new_order"


def _refused(scene: Scene, headers: Mapping[str, str]) -> Answer:
    return scene.send(Draft(_operation("stock_snapshot_v2"), {}, {}, {"data": {"pageNumber": 1}}), headers)


def _token(scene: Scene) -> str | None:
    answer = _refused(scene, {"Access-Token": "Bearer no.such.token"})
    return "http_401" if answer.status == 401 else "http_200" if _body(answer).get("success") is False else None


def _signature(scene: Scene) -> str | None:
    answer = _refused(scene, {"vAuthorization": "0" * 32})
    if answer.status == 401:
        return "http_401"
    return "success_false" if _body(answer).get("success") is False else "code_1"


def _signing(scene: Scene) -> str | None:
    draft = Draft(_operation("sku_query_v3"), {}, {}, {"data": {"page": 1, "limit": 1}})
    taken = set()
    for mode in ("production", "stage"):
        keys = scene.target.keys._replace(signing=mode)
        signed = credentials(draft.operation, draft.operation.path, orjson.dumps(draft.body), keys)
        if _good(scene.send(draft, signed)):
            taken.add(mode)
    return "either" if len(taken) == 2 else taken.pop() if taken else None


def _success_key(scene: Scene) -> str | None:
    placed = _body(_post(scene, "place_outbound_order", [_order(scene)]))
    cancel = {"orderNumber": placed["data"][0]["orderNumber"], "cancelTime": _text(scene)}
    cancelled = _body(_post(scene, "outbound_order_cancellation", cancel))
    seen = "success" in placed, "success" in cancelled
    if placed.get("success") == "true":
        return "as_text"
    return {(False, True): "as_seen", (True, True): "always", (False, False): "never"}.get(seen)


def _movements(scene: Scene) -> list[Json]:
    """The lines that a fresh order wrote."""
    order = _order(scene)
    told = _body(_post(scene, "place_outbound_order", [order]))
    number, sku = told["data"][0]["orderNumber"], order["productList"][0]["MFSKUID"]
    window = {"mfSkuList": [{"mfSkuId": sku}], "startTime": _text(scene, hours=1)}
    rows = _body(_post(scene, "get_stock_movement", window))["data"]
    lines = [
        line
        for row in rows
        for region in row["serviceRegionList"]
        for bucket in region["inventoryList"]
        for line in bucket["movementList"]
    ]
    return [line for line in lines if line.get("orderNumber") == number]


def _reason(scene: Scene) -> str | None:
    reason = _movements(scene)[0]["reason"]
    return "code" if re.fullmatch("[A-Z]{3}", reason) else "code_and_text" if "=" in reason else "text"


def _id_key(scene: Scene) -> str | None:
    line = _movements(scene)[0]
    return "misspelt" if "moventmentID" in line else "right" if "movementID" in line else None


def _ids(scene: Scene) -> str | None:
    lines = _movements(scene)
    ids = {line.get("moventmentID", line.get("movementID")) for line in lines}
    return None if len(lines) < 2 else "of_each_line" if len(ids) == len(lines) else "of_each_event"


def _sku_rows(scene: Scene) -> str | None:
    data = _body(_post(scene, "sku_query_v3", {"page": 1, "limit": 5}))["data"]
    return "data" if isinstance(data, list) else {"list": "list", "skuList": "sku_list"}.get(next(iter(data)))


def _inbound_rows(scene: Scene) -> str | None:
    window = {"startTime": _text(scene, days=1), "endTime": _text(scene)}
    data = _body(_post(scene, "inbound_order_list_query", window))["data"]
    if isinstance(data, list):
        return "data"
    return {"inboundOrderList": "inbound_order_list", "list": "list"}.get(next(iter(data)))


def _arrival(scene: Scene) -> str | None:
    if not scene.target.wait(0):
        raise Unfit("it takes a moved clock, and time cannot be moved there")  # before an order stays there for nothing
    draft = scene.draft(_operation("place_inbound_order"))
    draft.body["data"]["shippingMethod"] = "TK"
    number = scene.ask_draft(draft)["data"]["inboundNumber"]
    scene.target.wait(8 * 86400)
    told = _body(_post(scene, "inbound_order_detail_query", {"inboundNumberList": [number]}))["data"]
    return "told" if "batchList" in told["inboundOrderList"][0] else "left_out"


def _empty_list(scene: Scene) -> str | None:
    page = {"pageNumber": 1, "pageSize": 5, "skuList": [], "serviceRegionList": []}
    usual = {**page, "skuList": [{"mfSkuId": UNKNOWN_SKU}]}
    return "everything" if _taken(scene, "stock_snapshot_v2", usual, page) else "refused"


def _refresh(scene: Scene) -> str | None:
    keys = scene.target.keys
    if not keys.refresh_token:
        raise Unfit("it takes a refresh token, and none of yours is used up for it")
    query = {"grant_type": "refresh_token", "refresh_token": keys.refresh_token, "client_id": keys.client_key}
    told = _body(scene.send(Draft(_operation("oauth_refresh_access_token"), {}, query, None)))
    if "access_token" not in told:
        return None
    new = told.get("refresh_token")
    return "none" if new is None else "same" if new == keys.refresh_token else "new"


def _language(scene: Scene) -> str | None:
    told = _body(_post(scene, "get_stock_movement", {"startTime": "yesterday"}))
    return "as_seen" if re.search("[\u4e00-\u9fff]", str(told)) else "english"


def _all_errors(scene: Scene) -> str | None:
    told = _body(_post(scene, "get_stock_movement", {"startTime": "yesterday", "endTime": "today"}))
    return {1: "first", 2: "all"}.get(len(told["errors"]))


def _own_number(scene: Scene) -> str | None:
    draft = scene.draft(_operation("place_vas_order"))
    first, again = _usual(scene.send(draft), "place_vas_order"), scene.send(draft)
    if not _good(again):
        return "refused"
    return "same_number" if _body(first)["data"] == _body(again)["data"] else None


def _unknown_label(scene: Scene) -> str | None:
    known = {"mfskuid": scene.offers()[0].sku}
    usual, asked = {"mfskulist": [known]}, {"mfskulist": [known, {"mfskuid": UNKNOWN_SKU}]}
    return "left_out" if _taken(scene, "sku_label", usual, asked) else "refused"


def _second_cancel(scene: Scene) -> str | None:
    placed = _body(_post(scene, "place_outbound_order", [_order(scene)]))
    cancel = {"orderNumber": placed["data"][0]["orderNumber"], "cancelTime": _text(scene)}
    _usual(_post(scene, "outbound_order_cancellation", cancel), "outbound_order_cancellation")
    return "accepted" if _good(_post(scene, "outbound_order_cancellation", cancel)) else "refused"


def _unknown_sku(scene: Scene) -> str | None:
    usual = {"startTime": _text(scene, hours=1)}  # without it the window may be of exactly 7 days: another question
    asked = {**usual, "mfSkuList": [{"mfSkuId": UNKNOWN_SKU}]}
    return "no_rows" if _taken(scene, "get_stock_movement", usual, asked) else "refused"


LOOKS: Mapping[str, Callable[[Scene], str | None]] = {
    "signing": _signing,  # first: the others sign as it tells
    "seven_day_edge": _seven_days,
    "twelve_month_edge": _twelve_months,
    "batch_outcome": _batch,
    "repeated_reference": _reference,
    "refused_token": _token,
    "refused_signature": _signature,
    "success_key": _success_key,
    "movement_reason": _reason,
    "movement_id_key": _id_key,
    "movement_ids": _ids,
    "sku_query_rows": _sku_rows,
    "inbound_list_rows": _inbound_rows,
    "empty_sku_list": _empty_list,
    "message_language": _language,
    "parameter_errors": _all_errors,
    "repeated_own_number": _own_number,
    "unknown_sku_in_labels": _unknown_label,
    "second_cancellation": _second_cancel,
    "unknown_sku_in_movements": _unknown_sku,
    "refresh_rotation": _refresh,
    # Last: it moves the clock.
    "inbound_arrival": _arrival,
}
"""By question, how its answer is told. What is missing here cannot be seen from outside."""
