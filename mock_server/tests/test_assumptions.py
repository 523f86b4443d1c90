"""Every open question: what a client sees under each answer, and that it sees something else under every other."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import jsonschema
import orjson
import pytest
from calls import an_order, answer, send, worlds
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.assumptions import Choices, NoSightings, Sightings, UnknownAnswer
from oc_sandbox.call import Call, Reply
from oc_sandbox.catalog import catalog
from oc_sandbox.formats import write_date_time
from oc_sandbox.orangeconnex.credentials import signature
from oc_sandbox.samples import call_of
from oc_sandbox.tenancy import Tenants
from shops import Shop

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
MUG = "OC0000250380015"
GONE = "OC0000250276174"
QUESTIONS = catalog().questions


class Probe(NamedTuple):
    """Something that a client can do, and what it then sees by answer."""

    look: Callable[[Sandbox], Any]
    sees: Mapping[str, Any]


def window(**before: Any) -> dict[str, Any]:
    start, end = (NOW - timedelta(**before[name]) for name in ("start", "end"))
    return {"data": {"startTime": write_date_time(start), "endTime": write_date_time(end)}}


def seven_days(sandbox: Sandbox) -> Any:
    body = window(start={"days": 7}, end={})
    names = ("get_stock_movement", "inbound_order_list_query", "inbound_order_detail_query")
    return [answer(sandbox, name, body)["code"] for name in names]


def half_a_day_beyond_a_year(sandbox: Sandbox) -> Any:
    body = window(start={"days": 365, "hours": 12}, end={"days": 360})
    return [answer(sandbox, name, body)["code"] for name in ("get_stock_movement", "inbound_order_detail_query")]


def two_good_orders_and_a_bad_one(sandbox: Sandbox) -> Any:
    rows = [an_order("A"), an_order("B", productList=[{"MFSKUID": GONE, "SKUQuantity": 1}]), an_order("C")]
    reply = answer(sandbox, "place_outbound_order", {"data": rows})
    (placed,) = {row["available"] for row in sandbox.stock(MUG, "UK")}
    told = [row["referenceNumber"] for row in reply["data"]], [row["id"] for row in reply["errors"]]
    return *told, 1000 - placed


def the_same_reference_twice(sandbox: Sandbox) -> Any:
    first = answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})
    again = answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})
    found = answer(sandbox, "outbound_order_query_v2", {"data": {"referenceNumberList": [{"referenceNumber": "A"}]}})
    numbers = [reply["data"][0]["orderNumber"] for reply in (first, again) if reply["data"]]
    return again["code"], len(set(numbers)), len(found["data"])


def a_dead_token(sandbox: Sandbox) -> Any:
    reply = send(sandbox, "stock_snapshot_v2", {"data": {}}, access_token="Bearer no")
    body = orjson.loads(reply.body)
    return reply.status, body.get("success"), "access token" in body.get("message", "")


def a_bad_signature(sandbox: Sandbox) -> Any:
    reply = send(sandbox, "stock_snapshot_v2", {"data": {}}, vauthorization="0" * 32)
    body = orjson.loads(reply.body)
    return reply.status, body.get("code"), body.get("success")


def both_signatures(sandbox: Sandbox) -> Any:
    body, path = b'{"data":{"pageNumber":1}}', catalog().operations["stock_snapshot_v2"].path
    keys = sandbox.client_key, sandbox.secret_key
    return [
        answer(sandbox, "stock_snapshot_v2", body, vauthorization=signature(path, text, *keys))["code"]
        for text in (body, b"")
    ]


def successes(sandbox: Sandbox) -> Any:
    order = answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})
    cancelled = answer(
        sandbox,
        "outbound_order_cancellation",
        {"data": {"orderNumber": order["data"][0]["orderNumber"], "cancelTime": "2026-11-22T23:30:00+0800"}},
    )
    return [reply.get("success") for reply in (order, cancelled)]


def movements(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The lines, in two buckets, of an order for the mug."""
    answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})
    (mug,) = answer(sandbox, "get_stock_movement", {"data": {"mfSkuList": [{"mfSkuId": MUG}]}})["data"]
    (region,) = mug["serviceRegionList"]
    return [line for bucket in region["inventoryList"] for line in bucket["movementList"]]


def sku_rows(sandbox: Sandbox) -> Any:
    return where(answer(sandbox, "sku_query_v3", {"data": {}})["data"])


def inbound_rows(sandbox: Sandbox) -> Any:
    placed = catalog().operations["place_inbound_order"]
    assert sandbox.send(call_of(placed, sandbox.sample("place_inbound_order"))).status == 200
    return where(answer(sandbox, "inbound_order_list_query", window(start={"days": 1}, end={}))["data"])


def where(data: Any) -> Any:
    """The name below which a list with rows stands; None where the list itself is meant."""
    if isinstance(data, list):
        assert data
        return None
    ((name, rows),) = data.items()
    assert rows
    return name


def an_arrival_by_truck(sandbox: Sandbox) -> Any:
    sample = orjson.loads(sandbox.sample("place_inbound_order").body)
    sample["data"]["shippingMethod"] = "TK"
    number = answer(sandbox, "place_inbound_order", sample)["data"]["inboundNumber"]
    sandbox.advance(days=8)
    (order,) = answer(sandbox, "inbound_order_detail_query", {"data": {"inboundNumberList": [number]}})["data"][
        "inboundOrderList"
    ]
    return {"asnList", "batchList", "bookingNumber"} <= order.keys()


def no_skus_named(sandbox: Sandbox) -> Any:
    page = {"pageNumber": 1, "pageSize": 200}
    return [
        answer(sandbox, name, {"data": page | more})["code"]
        for name in ("stock_snapshot_v2", "get_stock_age")
        for more in ({}, {"skuList": []})
    ] + [
        answer(sandbox, "sku_query_v3", {"data": given})["code"]
        for given in ({}, {"startTime": "2020-01-01+0000"}, {"mfskulist": [], "sellerSKUIDList": [{}]})
    ]


def some_sku_named(sandbox: Sandbox) -> list[int]:
    lists = ({"mfskulist": [{"mfskuid": MUG}]}, {"referenceSKUIDList": [{"referenceSKUID": "A"}]})
    more = ({"mfskulist": [], "sellerSKUIDList": [{"sellerSKUID": "A"}]}, {"MFSKULIST": [{}, {"MFSKUID": "OC1"}]})
    return [answer(sandbox, "sku_query_v3", {"data": given})["code"] for given in (*lists, *more)]


def a_refresh(sandbox: Sandbox) -> Any:
    operation, old = catalog().operations["oauth_refresh_access_token"], sandbox.refresh_token

    def refresh(token: str) -> Any:
        query = {"grant_type": "refresh_token", "refresh_token": token, "client_id": sandbox.client_key}
        wanted = sandbox.sample("oauth_refresh_access_token")._replace(query="&".join(map("=".join, query.items())))
        return orjson.loads(sandbox.send(call_of(operation, wanted)).body)

    told = refresh(old).get("refresh_token")
    new_works = told is not None and "access_token" in refresh(told)
    return told and ("old" if told == old else "new"), new_works, "access_token" in refresh(old)


def chinese_in_messages(sandbox: Sandbox) -> Any:
    short = an_order("A", productList=[{"MFSKUID": GONE, "SKUQuantity": 1}])
    replies = (
        answer(sandbox, "place_outbound_order", {"data": [short]}),
        answer(sandbox, "get_stock_movement", {"data": {"startTime": "yesterday"}}),
        answer(sandbox, "get_stock_movement", {"data": {}}),
    )
    return [bool(re.search("[\u4e00-\u9fff]", str(reply))) for reply in replies]


def many_wrong_fields(sandbox: Sandbox) -> Any:
    order = an_order("A", serviceRegion=1, consigneeName=None, productList=[])
    return [
        len(answer(sandbox, "get_stock_movement", {"data": {"startTime": "x", "endTime": "y"}})["errors"]),
        len(answer(sandbox, "place_outbound_order", {"data": [order]})["errors"]),
        len(answer(sandbox, "get_stock_movement", window(start={"days": 900}, end={}))["errors"]),
    ]


def a_sunday_order(sandbox: Sandbox) -> Any:
    answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})
    sandbox.advance(hours=5)
    query = {"data": {"referenceNumberList": [{"referenceNumber": "A"}]}}
    return answer(sandbox, "outbound_order_query_v2", query)["data"][0]["orderStatus"]


def two_cancellations(sandbox: Sandbox) -> Any:
    number = answer(sandbox, "place_outbound_order", {"data": [an_order("A")]})["data"][0]["orderNumber"]
    body = {"data": {"orderNumber": number, "cancelTime": "2026-11-22T23:30:00+0800"}}
    codes = [answer(sandbox, "outbound_order_cancellation", body)["code"] for _ in range(2)]
    (row,) = sandbox.stock(MUG, "UK")
    returned = orjson.loads(sandbox.send(call_of_sample(sandbox, "returns_erp_submit_order")).body)["result"]
    twice = [
        answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": returned["orderNumber"]}})["success"]
        for _ in range(2)
    ]
    return codes, row["available"], twice


def call_of_sample(sandbox: Sandbox, name: str) -> Call:
    return call_of(catalog().operations[name], sandbox.sample(name))


def labels_of_a_known_and_an_unknown_sku(sandbox: Sandbox) -> Any:
    reply = answer(sandbox, "sku_label", {"data": {"mfskulist": [{"mfskuid": "OC1"}, {"mfskuid": MUG}]}})
    return reply["code"], [row["MFSKUID"] for row in reply.get("data", ())]


def orders_sent_twice(sandbox: Sandbox) -> Any:
    """Of each kind whether both sendings gave one number; and how many VAS orders there are, with the demo world's."""
    seen = []
    for name, answer_key in (
        ("place_inbound_order", "data"),
        ("place_vas_order", "data"),
        ("returns_erp_submit_order", "result"),
    ):
        first, again = (orjson.loads(sandbox.send(call_of_sample(sandbox, name)).body) for _ in range(2))
        seen.append(first[answer_key] == again.get(answer_key))
    (world,) = sandbox.tenant.accounts["orangeconnex"].worlds()
    return seen, len(world.vas)


def authorize(sandbox: Sandbox, method: str, form: Mapping[str, str], **query: str) -> Reply:
    asked = {"response_type": "code", "client_id": sandbox.client_key, "redirect_uri": "https://erp.example.com/cb"}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return sandbox.send(
        Call(method, "/oauth/authorize", headers, urlencode(form).encode(), urlencode({**asked, "state": "x", **query}))
    )


def what_a_redirect_adds(sandbox: Sandbox) -> Any:
    reply = authorize(sandbox, "GET", {}, approve=sandbox.describe()["sellers"][0]["ocid"])
    return [name for name, _ in parse_qsl(urlsplit(dict(reply.headers)["location"]).query)]


def a_login(sandbox: Sandbox) -> Any:
    seller = sandbox.describe()["sellers"][0]
    reply = authorize(sandbox, "POST", {"login": seller["login"], "password": seller["password"]})
    return reply.status, "code=" in dict(reply.headers).get("location", "")


def an_unknown_sku(sandbox: Sandbox) -> Any:
    reply = answer(sandbox, "get_stock_movement", {"data": {"mfSkuList": [{"mfSkuId": "OC9999999999999"}]}})
    return reply["code"], reply.get("data")


def an_adjustment(sandbox: Sandbox) -> Any:
    shop = Shop(sandbox)
    return [(shop.move("ADJUSTMENT", pieces).status, shop.quantity()) for pieces in (5, 60)]


def more_than_there_is(sandbox: Sandbox) -> Any:
    shop = Shop(sandbox)
    statuses = [shop.move(kind, pieces).status for kind, pieces in (("OUT", 42), ("TRANSFER_OUT", 3), ("IN", 2))]
    return statuses, shop.quantity(), shop.get("/products/prod_abc123").data["stockTotal"]


def nulls_in_an_update(sandbox: Sandbox) -> Any:
    shop, fields = Shop(sandbox), ("brand", "normalPrice", "images", "name", "unitPrice")
    shop.put("/products/prod_abc123", {"images": ["https://shop.example.com/1.jpg"]})
    after = shop.put("/products/prod_abc123", dict.fromkeys(fields))
    return after.status, [bool(after.data[field]) for field in fields]


PROBES = {
    "seven_day_edge": Probe(seven_days, {"by_page": [0, 0, 3], "inside": [0, 0, 0], "outside": [3, 3, 3]}),
    "twelve_month_edge": Probe(half_a_day_beyond_a_year, {"a_day": [0, 0], "not_at_all": [3, 3]}),
    "batch_outcome": Probe(
        two_good_orders_and_a_bad_one, {"partial": (["A", "C"], ["B"], 2), "atomic": ([], ["B"], 0)}
    ),
    "repeated_reference": Probe(
        the_same_reference_twice, {"refused": (4, 1, 1), "same_number": (0, 1, 1), "new_order": (0, 2, 2)}
    ),
    "refused_token": Probe(a_dead_token, {"http_200": (200, False, True), "http_401": (401, None, False)}),
    "refused_signature": Probe(
        a_bad_signature,
        {"code_1": (200, 1, None), "success_false": (200, 1, False), "http_401": (401, None, None)},
    ),
    "signing": Probe(both_signatures, {"either": [0, 0], "production": [0, 1], "stage": [1, 0]}),
    "success_key": Probe(
        successes, {"as_seen": [None, True], "always": [True, True], "never": [None, None], "as_text": ["true", "true"]}
    ),
    "movement_reason": Probe(
        lambda sandbox: movements(sandbox)[-1]["reason"],
        {"code": "OOS", "code_and_text": "OOS=Outbound Order Submitted", "text": "Outbound Order Submitted"},
    ),
    "movement_id_key": Probe(
        lambda sandbox: {"moventmentID", "movementID"} & movements(sandbox)[0].keys(),
        {"misspelt": {"moventmentID"}, "right": {"movementID"}},
    ),
    "movement_ids": Probe(
        lambda sandbox: len({line["moventmentID"] for line in movements(sandbox)}),
        {"of_each_line": 2, "of_each_event": 1},
    ),
    "sku_query_rows": Probe(sku_rows, {"data": None, "list": "list", "sku_list": "skuList"}),
    "inbound_list_rows": Probe(inbound_rows, {"inbound_order_list": "inboundOrderList", "list": "list", "data": None}),
    "inbound_arrival": Probe(an_arrival_by_truck, {"told": True, "left_out": False}),
    "empty_sku_list": Probe(no_skus_named, {"everything": [0] * 7, "refused": [3] * 7}),
    "refresh_rotation": Probe(
        a_refresh, {"none": (None, False, True), "same": ("old", True, True), "new": ("new", True, False)}
    ),
    "message_language": Probe(chinese_in_messages, {"as_seen": [True, True, True], "english": [False, False, False]}),
    "parameter_errors": Probe(many_wrong_fields, {"first": [1, 1, 1], "all": [2, 3, 2]}),
    "working_hours": Probe(a_sunday_order, {"round_the_clock": "Outbound", "kept": "Accepted"}),
    "second_cancellation": Probe(
        two_cancellations, {"refused": ([0, 4], 1000, [True, False]), "accepted": ([0, 0], 1000, [True, True])}
    ),
    "unknown_sku_in_movements": Probe(an_unknown_sku, {"no_rows": (0, []), "refused": (3, None)}),
    "unknown_sku_in_labels": Probe(labels_of_a_known_and_an_unknown_sku, {"refused": (4, []), "left_out": (0, [MUG])}),
    "repeated_own_number": Probe(orders_sent_twice, {"refused": ([False] * 3, 2), "same_number": ([True] * 3, 2)}),
    "redirect_act": Probe(what_a_redirect_adds, {"added": ["act", "code", "state"], "left_out": ["code", "state"]}),
    "consent": Probe(a_login, {"asked": (200, False), "taken_for_granted": (302, True)}),
    "adjustment": Probe(an_adjustment, {"adds": [(201, 47), (201, 107)], "sets": [(201, 5), (201, 60)]}),
    "overdraft": Probe(more_than_there_is, {"refused": ([201, 409, 201], 2, 2), "negative": ([201, 201, 201], -1, -1)}),
    "null_in_update": Probe(
        nulls_in_an_update,
        {
            "left_out": (200, [True, True, True, True, True]),
            "empties": (200, [False, False, False, True, True]),
        },
    ),
}
POSITIONS = [(question.name, name) for question in QUESTIONS.values() for name in question.answers]


@pytest.mark.parametrize(("question", "taken"), POSITIONS, ids=["=".join(position) for position in POSITIONS])
def test_a_client_sees_what_the_answer_says(question: str, taken: str) -> None:
    probe = PROBES[question]
    assert probe.look(Sandbox(clock="manual", now=NOW, assumptions={question: taken})) == probe.sees[taken]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_two_answers_look_alike(question: str) -> None:
    """So the test above fails under every other answer than its own."""
    sees = PROBES[question].sees
    assert sees.keys() == QUESTIONS[question].answers.keys()
    assert all(sees[one] != sees[other] for one in sees for other in sees if one != other)


@pytest.mark.parametrize(("question", "taken"), POSITIONS, ids=["=".join(position) for position in POSITIONS])
def test_a_success_fits_the_contract_as_the_answer_has_it(question: str, taken: str) -> None:
    sandbox = Sandbox(clock="manual", now=NOW, assumptions={question: taken})
    for operation in catalog().operations.values():
        if operation.renders != "json":
            continue
        variant = catalog().variant(operation, sandbox.tenant.choices.departures)
        reply = sandbox.send(call_of(operation, sandbox.sample(operation.name)))
        assert reply.status == operation.success_status
        jsonschema.validate(orjson.loads(reply.body), variant.response, jsonschema.Draft202012Validator)


def test_every_question_names_operations_that_exist_and_changes_no_others() -> None:
    for question in QUESTIONS.values():
        known = {name for name, each in catalog().operations.items() if each.api.name == question.api}
        assert question.operations == ("*",) or set(question.operations) <= known, question.name
        for each in question.answers.values():
            files = set().union(*(change.files for change in each.changes))
            assert files <= {*question.operations} or (files == {"api"} and question.operations == ("*",)), (
                question.name
            )


def test_an_always_present_success_key_is_on_every_envelope_with_a_code() -> None:
    for operation in catalog().operations.values():
        body = operation.success.body
        if isinstance(body, dict) and "code" in body and operation.api.name == "orangeconnex":
            always = catalog().variant(operation, frozenset({("success_key", "always")})).success.body
            never = catalog().variant(operation, frozenset({("success_key", "never")})).success.body
            assert always == {**body, "success": True}
            assert never == {key: value for key, value in body.items() if key != "success"}
            assert operation.name in QUESTIONS["success_key"].operations


def test_every_chinese_text_has_an_english_one_with_the_same_places() -> None:
    english = frozenset({("message_language", "english")})
    for operation in catalog().operations.values():
        variant = catalog().variant(operation, english)
        for name, row in variant.errors.items():
            assert not re.search("[\u4e00-\u9fff]", row.message), (operation.name, name, row.message)
            assert not re.search("[\u4e00-\u9fff]", str(row.envelope)), (operation.name, name)
            places = [sorted(re.findall(r"{(\w+)}", text)) for text in (row.message, operation.errors[name].message)]
            assert places[0] == places[1], (operation.name, name)
        assert not re.search("[\u4e00-\u9fff]", str(variant.success.body)), operation.name


def test_answers_are_taken_together_and_given_back() -> None:
    sandbox = Sandbox(assumptions={"batch_outcome": "atomic"})
    sandbox.assume(refused_token="http_401", message_language="english")
    assert sandbox.assumptions["batch_outcome"] == "atomic"
    assert a_dead_token(sandbox) == (401, None, False)
    assert not any(chinese_in_messages(sandbox))
    sandbox.assume(refused_token="http_200")
    assert a_dead_token(sandbox) == (200, False, True)
    sandbox.tenant.choices.reset()
    assert sandbox.tenant.choices.taken == {}
    assert any(chinese_in_messages(sandbox))


def test_one_tenants_answers_are_not_anothers() -> None:
    strict, lenient = Sandbox(assumptions={"second_cancellation": "accepted", "seven_day_edge": "outside"}), Sandbox()
    assert two_cancellations(strict)[0] == [0, 0]
    assert two_cancellations(lenient)[0] == [0, 4]


@pytest.mark.parametrize(
    ("given_answers", "said"),
    [
        ({"batch_outcom": "atomic"}, "did you mean batch_outcome?"),
        ({"zzz": "atomic"}, "there are adjustment, "),
        ({"batch_outcome": "atmic"}, "batch_outcome can be partial or atomic, not 'atmic'"),
        ({"refused_token": "http_401", "signing": "x"}, "signing can be either or production or stage"),
    ],
)
def test_what_there_is_not_is_told_and_changes_nothing(given_answers: dict[str, str], said: str) -> None:
    choices = Choices(QUESTIONS)
    with pytest.raises(UnknownAnswer, match=re.escape(said)):
        choices.take(given_answers)
    assert choices.taken == {}


def test_stock_below_zero_fits_the_contract_as_the_answer_has_it() -> None:
    sandbox = Sandbox(clock="manual", now=NOW, assumptions={"overdraft": "negative"})
    shop, departures = Shop(sandbox), sandbox.tenant.choices.departures
    shop.move("OUT", 50)
    replies = {
        "get_inventory": shop.get("/inventory/prod_abc123"),
        "list_inventory": shop.get("/inventory", lowStock="true"),
        "list_products": shop.get("/products"),
        "get_product": shop.get("/products/prod_abc123"),
        "update_product": shop.put("/products/prod_abc123", {"name": "Widget"}),
        "delete_product": shop.delete("/products/prod_abc123"),
    }
    for name, reply in replies.items():
        variant = catalog().variant(catalog().operations[name], departures)
        assert "-8" in str(reply.body)
        jsonschema.validate(reply.body, variant.response, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("taken", ["everything", "refused"])
def test_a_query_that_names_a_sku_by_any_list_is_served_under_either_answer(taken: str) -> None:
    assert some_sku_named(Sandbox(clock="manual", now=NOW, assumptions={"empty_sku_list": taken})) == [0, 0, 0, 0]


def test_a_second_cancellation_of_a_return_may_pass_and_tracking_of_it_may_not() -> None:
    sandbox = Sandbox(clock="manual", now=NOW, assumptions={"second_cancellation": "accepted"})
    number = orjson.loads(sandbox.send(call_of_sample(sandbox, "returns_erp_submit_order")).body)["result"][
        "orderNumber"
    ]
    assert answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number}})["success"]
    sandbox.advance(seconds=0)  # so that the cancellation is told of
    before = worlds(sandbox)
    again = answer(sandbox, "returns_cancel_or_track", {"data": {"orderNumber": number}})
    assert again["result"] == {"orderNumber": number, "orderStatus": "Cancelled"}
    late = {"data": {"orderNumber": number, "trackingNumber": "T-1"}}
    assert answer(sandbox, "returns_cancel_or_track", late)["errorCode"] == "400531"
    assert worlds(sandbox) == before


def test_an_adjustment_may_set_any_stock_to_any_other() -> None:
    shop = Shop(Sandbox(clock="manual", now=NOW, assumptions={"adjustment": "sets"}))
    for _ in range(4):
        assert shop.move("IN", 10**9).status == 201
    assert shop.move("ADJUSTMENT", 1).data["quantity"] == 1
    assert shop.quantity() == 1


def test_a_null_that_empties_is_a_value_of_its_own_and_no_other_null_is() -> None:
    shop = Shop(Sandbox(clock="manual", now=NOW, assumptions={"null_in_update": "empties"}))
    assert shop.put("/products/prod_abc123", {"weight": None, "weigth": None}).data["weight"] is None
    assert shop.put("/products/prod_abc123", {"weight": 5}).status == 400
    made = shop.post("/products", {"sku": "A", "name": "B", "unitPrice": 1, "brand": None, "images": None})
    assert (made.status, made.data["brand"], made.data["images"]) == (201, None, [])


@given(st.data())
def test_an_atomic_batch_takes_all_or_nothing(data: Any) -> None:
    codes = st.sampled_from([MUG, GONE, "OC0000250260096", "OC1"])
    lines = st.lists(st.tuples(codes, st.integers(1, 400)), min_size=1, max_size=3)
    drawn = data.draw(st.lists(st.tuples(st.sampled_from("ABCDEF"), lines), min_size=1, max_size=5))
    rows = [
        an_order(name, productList=[{"MFSKUID": sku, "SKUQuantity": pieces} for sku, pieces in products])
        for name, products in drawn
    ]
    atomic = Sandbox(clock="manual", now=NOW, client_key="a", assumptions={"batch_outcome": "atomic"})
    partial = Sandbox(clock="manual", now=NOW, client_key="a")
    before = worlds(atomic)
    whole, parts = (answer(sandbox, "place_outbound_order", {"data": rows}) for sandbox in (atomic, partial))
    if parts["code"] == 0:
        assert whole == parts
        assert [each["ledger"] for each in worlds(atomic)] == [each["ledger"] for each in worlds(partial)]
    else:
        assert (whole["errors"], whole["data"]) == (parts["errors"], [])
        assert worlds(atomic) == before


def test_what_was_seen_of_a_real_server_is_taken_and_told(tmp_path: Path) -> None:
    file = tmp_path / "stage.json"
    told = {"target": "the stage", "date": "2026-11-22", "assumptions": {"batch_outcome": "atomic", "signing": "stage"}}
    file.write_bytes(orjson.dumps(told))
    tenants = Tenants(sightings=Sightings.of_file(str(file)), assumptions={"signing": "either"})
    choices = tenants.create().choices
    assert (choices.answer("batch_outcome"), choices.answer("signing")) == ("atomic", "either")
    assert choices.seen("batch_outcome") == "observed the stage 2026-11-22"
    assert choices.seen("signing") == choices.seen("consent") == ""
    choices.take({"batch_outcome": "partial"})
    assert choices.seen("batch_outcome") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no JSON object"),
        ("[]", "is no JSON object"),
        ('{"assumptions": {}}', "is no JSON object"),
        ('{"assumptions": {"signing": 1}, "target": "", "date": ""}', "an object of names and answers"),
    ],
)
def test_a_file_of_answers_that_is_none_is_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(text)
    with pytest.raises(NoSightings, match=said):
        Sightings.of_file(str(file))
    with pytest.raises(NoSightings, match="cannot be read"):
        Sightings.of_file(str(tmp_path / "nowhere.json"))
