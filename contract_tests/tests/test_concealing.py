"""What a recording keeps: the form of everything, and the values of what is known to be harmless."""

from datetime import datetime, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_contract.recording.concealing import Concealer
from oc_contract.recording.known import known
from oc_contract.recording.taking import Exchange, Session
from oc_contract.targets import Answer
from oc_sandbox.catalog import catalog

AT = datetime(2026, 11, 22, 21, 30, tzinfo=timezone.utc)
JSON_KIND = (("content-type", "application/json"),)
SECRET = "5f4dcc3b5aa765d61d8327deb882cf99"
SENT = {
    "messageId": "run-77-alex",
    "timestamp": "1763847000000",
    "data": [
        {
            "referenceNumber": "ALEX-EXAMPLE-9",
            "serviceRegion": "UK",
            "consigneeName": "Alex Example",
            "consigneeAddress1": "12 Sample Street",
            "consigneeZipCode": 10115,
            "consigneePhone": "+49 151 1234567",
            "consigneeEmail": "alex@example.com",
            "consigneeCountryCode": "DE",
            "accessToken": SECRET,
            "sign": SECRET,
            "newField": "Alex Example again",
            "productList": [{"MFSKUID": "OC0000250276174", "SKUQuantity": 3}],
        }
    ],
}
TOLD = {
    "code": 4,
    "data": [],
    "errors": [
        {
            "code": "400448",
            "id": "ALEX-EXAMPLE-9",
            "message": "商品:OC0000250276174 库存不足, Alex Example of Berlin, +49 151 1234567, alex@example.com",
            "referenceNumber": "ALEX-EXAMPLE-9",
        }
    ],
    "messageId": "run-77-alex",
    "success": False,
}
PERSONAL = ("lex", "Example", "Sample", "10115", "151", "1234567", "example", "Berlin", SECRET, "0250276174", "EXAMPLE")


def exchange(sent: Any, told: Any, **more: Any) -> Exchange:
    operation = catalog().operations["place_outbound_order"]
    headers = (*JSON_KIND, ("clientkey", SECRET), ("vauthorization", SECRET), ("access-token", f"Bearer {SECRET}"))
    answer = Answer(200, (*JSON_KIND, ("set-cookie", f"SID={SECRET}")), orjson.dumps(told), 0.0)
    made = Exchange(
        operation, {}, f"sign={SECRET}&code=alex", (*headers, ("cookie", SECRET)), orjson.dumps(sent), answer
    )
    return made._replace(**more)


def test_no_secret_and_no_person_is_kept() -> None:
    kept = orjson.dumps(Session("a.example.com", "").take(exchange(SENT, TOLD), AT).document).decode()
    assert [text for text in PERSONAL if text in kept] == []
    assert "a.example.com" not in kept


def test_the_form_and_what_is_harmless_stay() -> None:
    document = Session("stage.example.com", "").take(exchange(SENT, TOLD), AT).document
    order, sent = document["request"]["body"]["data"][0], SENT["data"][0]
    assert order.keys() == sent.keys()
    assert [type(value) for value in order.values()] == [type(value) for value in sent.values()]
    assert (order["serviceRegion"], order["consigneeCountryCode"]) == ("UK", "DE")
    assert order["productList"][0]["SKUQuantity"] == 3
    assert (len(order["consigneeName"]), order["consigneeZipCode"]) == (8, 1000)
    assert document["request"]["credentials"] == ["access-token", "clientkey", "vauthorization"]
    assert document["host"] == {"kind": "stage", "name": "stage.example.com"}
    reply = document["reply"]["body"]
    sku = order["productList"][0]["MFSKUID"]
    assert reply["errors"][0]["code"] == "400448"
    assert reply["errors"][0]["message"].startswith(f"商品:{sku} 库存不足, xxxxxxxx of xxxx")
    assert reply["errors"][0]["id"] == order["referenceNumber"]
    assert reply["messageId"] == document["request"]["body"]["messageId"]
    assert document["shows"]["not_in_the_contract"] == [
        "/request/properties/data/items/properties/accessToken",
        "/request/properties/data/items/properties/newField",
        "/request/properties/data/items/properties/sign",
    ]


def test_a_refusal_is_still_read_as_the_error_that_it_is() -> None:
    told = {**TOLD, "errors": [{**TOLD["errors"][0], "message": "商品:OC0000250276174 库存不足"}]}
    shows = Session("127.0.0.1", "").take(exchange(SENT, told), AT).document["shows"]
    assert (shows["reply"], shows["facts"]) == (["stock_short"], ["/errors/stock_short"])


def test_a_number_has_one_stand_in_for_a_session() -> None:
    concealer = Concealer()
    first, second = (concealer.exchange() for _ in range(2))
    order = first.value({"orderNumber": "OCO123456789012GB"}, "")["orderNumber"]
    other = first.value({"orderNumber": "OCO123456789013GB"}, "")["orderNumber"]
    again = second.value({"data": {"orderNumberList": ["OCO123456789012GB"]}}, "")["data"]["orderNumberList"][0]
    assert order == again != other
    assert (order[:3], order[-2:], len(order)) == ("OCO", "GB", 17)
    assert second.stand_ins == {"/data/orderNumberList/*"}


@pytest.mark.parametrize(
    ("headers", "body", "kept"),
    [
        ((("content-type", "text/html"),), b"<p>Alex Example</p>", {"no_json": {"bytes": 19}}),
        ((("content-type", "application/x-www-form-urlencoded"),), b"code=alex&grant_type=refresh_token", None),
        ((*JSON_KIND, ("content-encoding", "gzip")), b"no gzip", {"no_json": {"bytes": 7}}),
    ],
)
def test_other_bodies_leave_their_size_or_their_parameters(headers: Any, body: bytes, kept: Any) -> None:
    request = Session("127.0.0.1", "").take(exchange(SENT, TOLD, headers=headers, body=body), AT).document["request"]
    if kept is None:
        assert request["form"] == {"code": "xxxx", "grant_type": "refresh_token"}
    else:
        assert {name: request[name] for name in kept} == kept
    assert "lex" not in orjson.dumps(request).decode()


NAMES = st.sampled_from([*sorted(known().names), "somethingNew", "to whom", "alex@example.com"])
OWN = (
    st.text("qjQJ", min_size=5, max_size=20)
    | st.integers(10**7, 10**12).map(lambda number: 10 * number + 7)
    | st.just("alex@example.com")
)
TREES = st.recursive(OWN, lambda child: st.lists(child, max_size=3) | st.dictionaries(NAMES, child, max_size=4))


@given(TREES)
def test_nothing_of_ones_own_stays_whatever_the_body(tree: Any) -> None:
    shown = Concealer().exchange().value(tree, "")
    assert shape(shown) == shape(tree)
    kept = orjson.dumps(shown).decode()
    assert "@" not in kept
    assert not {str(leaf) for leaf in leaves(tree) if isinstance(leaf, int)} & set(kept.replace(",", " ").split())


def shape(node: Any) -> Any:
    if isinstance(node, dict):
        return [shape(child) for child in node.values()]
    return [shape(child) for child in node] if isinstance(node, list) else type(node)


def leaves(node: Any) -> list[Any]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    return [node] if children is None else [leaf for child in children for leaf in leaves(child)]
