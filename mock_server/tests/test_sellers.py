"""Several sellers of one tenant: each has a world of its own, and a token acts for its own seller only."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import pytest
from calls import an_order, answer, remembered
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.control.sellers import NoSuchSeller
from oc_sandbox.orangeconnex.accounts import MOST_SELLERS
from oc_sandbox.samples import call_of
from oc_sandbox.tenancy import KeyTaken, Tenants, UnknownSetting

FIRST, SECOND = "10000001", "10000002"
LAMP = "OC0000250380015"
TOKEN_OPERATIONS = [operation for operation in catalog().operations.values() if "token" in operation.auth]
SELLERS_OWN_WORDS = {"25daq"}
"""References of the demo world that sellers made up, as whatever begins with DEMO-: two sellers may have the same."""


@pytest.fixture
def two() -> Sandbox:
    """A tenant with two demo sellers, whose clock stands still."""
    return Sandbox(sellers=2, clock="manual")


def world_of(sandbox: Sandbox, ocid: str) -> Any:
    return sandbox.tenant.accounts["orangeconnex"].sellers[ocid].world


def token_of(sandbox: Sandbox, ocid: str) -> str:
    """The Access-Token header for a seller, as the tenant's view gives its token."""
    (seller,) = [each for each in sandbox.describe()["sellers"] if each["ocid"] == ocid]
    return f"Bearer {seller['access_token']}"


def told(sandbox: Sandbox, ocid: str, operation: str, data: Any) -> Any:
    """The JSON of an answer to a seller."""
    return answer(sandbox, operation, {"data": data, "timestamp": 0}, Access_Token=token_of(sandbox, ocid))


def numbers_of(world: Any) -> set[str]:
    """The keys of everything that a world remembers, without the words that sellers choose themselves."""
    keys = {str(key) for book in vars(world).values() if isinstance(book, dict) for key in book}
    shelves = {sku for sku, _ in world.ledger.shelves()}
    texts = set(world.texts) | SELLERS_OWN_WORDS
    return {key for key in keys | shelves if key not in texts and not key.startswith("DEMO-")}


def movement_serials(world: Any) -> list[tuple[int, int]]:
    """Of every movement on every shelf, the opening ones too; with the bucket, for an event has one in each."""
    shelves = (world.ledger.shelf(*key) for key in world.ledger.shelves())
    return [(movement.serial, movement.bucket) for shelf in shelves for movement in shelf.between(0, 2**40)]


def test_a_tenant_has_one_seller_unless_more_are_wanted() -> None:
    assert [seller["ocid"] for seller in Sandbox().describe()["sellers"]] == [FIRST]


def test_the_view_has_each_sellers_login_and_tokens_and_the_first_ones_on_top(two: Sandbox) -> None:
    view = two.describe()
    one, other = view["sellers"]
    assert list(one) == list(other) == ["ocid", "login", "password", "access_token", "refresh_token"]
    assert (one["ocid"], one["login"]) == (FIRST, "seller@example.com")
    assert (other["ocid"], other["login"]) == (SECOND, "seller2@example.com")
    assert (view["access_token"], view["refresh_token"]) == (one["access_token"], one["refresh_token"])
    assert len({one["access_token"], one["refresh_token"], other["access_token"], other["refresh_token"]}) == 4
    assert two.describe() == view


def test_sellers_can_be_named() -> None:
    wanted = [{"ocid": "20000001", "login": "mia", "password": "geheim"}, {"login": "noa"}]
    one, other = Sandbox(sellers=wanted).describe()["sellers"]
    assert (one["ocid"], one["login"], one["password"]) == ("20000001", "mia", "geheim")
    assert (other["ocid"], other["login"], other["password"]) == (FIRST, "noa", "sandbox")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (0, "sellers must be a number from 1 to 100"),
        (MOST_SELLERS + 1, "sellers must be"),
        (True, "sellers must be"),
        ("2", "sellers must be"),
        ([], "sellers must be"),
        ([{}] * (MOST_SELLERS + 1), "sellers must be"),
        ([7], "a seller is an object with any of ocid, login, password"),
        ([{"name": "x"}], "a seller is an object"),
        ([{"ocid": 10000001}], "a seller's ocid must be a text"),
        ([{"ocid": "1"}], "ocid must be eight digits"),
        ([{"ocid": "１０００００００"}], "ocid must be eight digits"),
        ([{"ocid": "10000001\n"}], "ocid must be eight digits"),
        ([{"login": ""}], "login must be a text of 1 to 100 characters"),
        ([{"password": "a\x00b"}], "password must be a text"),
        ([{"ocid": "20000001"}, {"ocid": "20000001"}], "a seller 20000001 already"),
        ([{"login": "a"}, {"login": "a"}], "a seller a already"),
        ([{"ocid": "20000001"}, {"login": "20000001"}], "a seller 20000001 already"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_sellers_that_cannot_be_are_told_and_leave_no_tenant(wanted: Any, said: str) -> None:
    tenants = Tenants()
    with pytest.raises((UnknownSetting, KeyTaken), match=said):
        tenants.create(client_key="mine", sellers=wanted)
    assert len(tenants) == 0
    tenants.create(client_key="mine")


def test_a_tenant_takes_a_hundred_sellers_and_no_more() -> None:
    sandbox = Sandbox(sellers=MOST_SELLERS, seed="empty")
    with pytest.raises(UnknownSetting, match="at most 100"):
        sandbox.add_seller()
    assert len(sandbox.describe()["sellers"]) == MOST_SELLERS


def test_a_seller_can_be_added_later_and_time_passes_for_it_too() -> None:
    sandbox = Sandbox(clock="manual")
    sandbox.advance(days=3)
    made = sandbox.add_seller(login="late@example.com")
    assert made == sandbox.describe()["sellers"][1]
    order = answer(
        sandbox,
        "place_outbound_order",
        {"data": [an_order("late", productList=[{"MFSKUID": _lamp(sandbox, SECOND), "SKUQuantity": 1}])]},
        Access_Token=f"Bearer {made['access_token']}",
    )
    number = order["data"][0]["orderNumber"]
    assert number in {event.key for event in sandbox.advance(days=30)}
    assert world_of(sandbox, SECOND).outbound[number].status.value == "delivered"


def _lamp(sandbox: Sandbox, ocid: str) -> str:
    """What the seller's own lamp is called at OrangeConnex: all demo sellers call theirs the same."""
    return str(world_of(sandbox, ocid).sku_by_reference["DEMO-380015"])


def test_a_refused_seller_changes_nothing() -> None:
    sandbox = Sandbox()
    before = [remembered(world) for world in sandbox.tenant.worlds]
    with pytest.raises(KeyTaken):
        sandbox.add_seller(ocid=FIRST)
    assert [remembered(world) for world in sandbox.tenant.worlds] == before
    assert len(sandbox.describe()["sellers"]) == 1


def test_each_demo_seller_has_the_demo_stock_under_numbers_of_its_own(two: Sandbox) -> None:
    three = [two.stock(), two.stock(ocid=SECOND), two.stock(ocid=two.add_seller()["ocid"])]
    buckets = [sorted(tuple(row.values())[1:] for row in rows) for rows in three]
    assert buckets[0] == buckets[1] == buckets[2]
    codes = [{row["mf_sku_id"] for row in rows} for rows in three]
    assert LAMP in codes[0]
    assert not codes[0] & codes[1]
    assert not codes[0] & codes[2]
    assert not codes[1] & codes[2]
    assert two.stock() == Sandbox().stock()


def test_no_number_of_the_vendors_is_two_sellers(two: Sandbox) -> None:
    two.add_seller()
    for _ in range(2):  # and the numbers drawn later do not run into those of the demo worlds
        for ocid in (FIRST, SECOND, "10000003"):
            _work(two, ocid)
    worlds = [numbers_of(world) for world in two.tenant.accounts["orangeconnex"].worlds()]
    for index, numbers in enumerate(worlds):
        assert len(numbers) > 20
        for others in worlds[index + 1 :]:
            assert not numbers & others
    serials = [serial for world in two.tenant.accounts["orangeconnex"].worlds() for serial in movement_serials(world)]
    assert len(serials) == len(set(serials)) > 60


def _work(sandbox: Sandbox, ocid: str) -> None:
    """An order, a shipment and a SKU, made by a seller."""
    serial = sandbox.tenant.ids.next("test")
    line = [{"MFSKUID": _lamp(sandbox, ocid), "SKUQuantity": 1}]
    shipment = orjson.loads(sandbox.sample("place_inbound_order").body)["data"]
    sku = orjson.loads(sandbox.sample("sku_creation_v3").body)["data"][0]
    carton = {"sellerCartonNumber": "C1", "productList": [{"MFSKUID": _lamp(sandbox, ocid), "quantity": 5}]}
    for operation, data in (
        ("place_outbound_order", [an_order(f"W{serial}", productList=line)]),
        ("place_inbound_order", shipment | {"sellerInboundNumber": f"IN{serial}", "cartonList": [carton]}),
        ("sku_creation_v3", [sku | {"referenceSKUID": f"SKU{serial}"}]),
    ):
        assert told(sandbox, ocid, operation, data)["code"] == 0


@pytest.mark.parametrize("operation", TOKEN_OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize(("caller", "other"), [(FIRST, SECOND), (SECOND, FIRST)], ids=["first", "second"])
def test_a_call_touches_and_tells_of_the_tokens_own_seller_only(
    two: Sandbox, operation: Operation, caller: str, other: str
) -> None:
    before = remembered(world_of(two, other))
    good = call_of(operation, two.sample(operation.name))
    reply = two.send(good._replace(headers={**good.headers, "access-token": token_of(two, caller)}))
    assert reply.status < 500
    assert remembered(world_of(two, other)) == before
    asked = good.body + good.query.encode() + good.path.encode()
    leaked = {n for n in numbers_of(world_of(two, other)) if n.encode() in reply.body and n.encode() not in asked}
    assert not leaked


@pytest.mark.parametrize("operation", TOKEN_OPERATIONS, ids=lambda operation: operation.name)
def test_what_is_the_first_sellers_the_second_does_not_find(two: Sandbox, operation: Operation) -> None:
    if operation.name in ("sku_creation_v3", "sync_freight_estimate"):
        return  # their requests name nothing of the seller's
    good = call_of(operation, two.sample(operation.name))
    as_first = two.send(good)
    two.send(good._replace(headers={**good.headers, "access-token": token_of(two, SECOND)}))
    first, second = list(two.journal.since())
    assert first.outcome == "ok"
    assert second.reply.body != as_first.body


def test_stock_is_set_for_the_seller_that_is_named(two: Sandbox) -> None:
    lamp = _lamp(two, SECOND)
    two.set_stock(lamp, "UK", ocid=SECOND, available=7)
    (row,) = two.stock(lamp, "UK", ocid=SECOND)
    assert row["available"] == 7
    assert two.stock(lamp) == []
    (firsts,) = two.stock(LAMP, "UK")
    assert firsts["available"] == 1000
    with pytest.raises(ValueError, match="there is no SKU"):
        two.set_stock(LAMP, "UK", ocid=SECOND, available=7)
    for ask in (lambda: two.stock(ocid="99999999"), lambda: two.set_stock(LAMP, "UK", ocid="", available=1)):
        with pytest.raises(NoSuchSeller, match="the tenant has 10000001, 10000002"):
            ask()


def test_one_sellers_order_takes_no_stock_of_the_others(two: Sandbox) -> None:
    line = [{"MFSKUID": _lamp(two, SECOND), "SKUQuantity": 3}]
    placed = told(two, SECOND, "place_outbound_order", [an_order("X", productList=line)])
    number = placed["data"][0]["orderNumber"]
    (row,) = two.stock(_lamp(two, SECOND), "UK", ocid=SECOND)
    assert (row["available"], row["allocated"]) == (997, 3)
    assert two.stock() == Sandbox().stock()
    wanted = {"orderNumberList": [{"orderNumber": number}]}
    assert told(two, FIRST, "outbound_order_query_v2", wanted)["data"] == []
    assert len(told(two, SECOND, "outbound_order_query_v2", wanted)["data"]) == 1
    cancel = {"cancelReason": "x", "cancelTime": "2026-11-22T00:00:00+0800", "orderNumber": number}
    assert told(two, FIRST, "outbound_order_cancellation", cancel)["code"] != 0
    assert told(two, SECOND, "outbound_order_cancellation", cancel)["code"] == 0


def test_both_sellers_may_use_one_reference(two: Sandbox) -> None:
    for ocid in (FIRST, SECOND):
        line = [{"MFSKUID": _lamp(two, ocid), "SKUQuantity": 1}]
        assert told(two, ocid, "place_outbound_order", [an_order("SAME", productList=line)])["code"] == 0


def test_a_file_is_found_at_its_own_sellers_address_only(two: Sandbox) -> None:
    for ocid, other in ((FIRST, SECOND), (SECOND, FIRST)):
        number = next(iter(world_of(two, ocid).inbound))
        for owner, status in ((ocid, 200), (other, 404)):
            path = f"/files/{two.client_key}/{owner}/packing-lists/{number}.pdf"
            assert two.send(Call("GET", path, {})).status == status


def exchanged(sandbox: Sandbox, ocid: str) -> dict[str, Any]:
    """The tokens that the one-call approval of a seller leads to."""
    client, back = sandbox.client_key, "https://erp.example.com/back"
    asked = {"response_type": "code", "client_id": client, "redirect_uri": back, "state": "s", "approve": ocid}
    reply = sandbox.send(Call("GET", "/oauth/authorize", {}, b"", urlencode(asked)))
    code = parse_qs(urlsplit(dict(reply.headers)["location"]).query)["code"][0]
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": client}
    tokens: dict[str, Any] = orjson.loads(sandbox.send(Call("POST", "/oauth/token", {}, b"", urlencode(given))).body)
    return tokens


@pytest.mark.parametrize("ocid", [FIRST, SECOND])
def test_an_approval_leads_to_the_world_of_the_seller_that_gave_it(two: Sandbox, ocid: str) -> None:
    tokens = exchanged(two, ocid)
    given = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": two.client_key}
    again = orjson.loads(two.send(Call("POST", "/oauth/token", {}, b"", urlencode(given))).body)
    for token in (tokens["access_token"], again["access_token"]):
        body = {"data": {}, "timestamp": 0}
        rows = answer(two, "get_stock_movement", body, Access_Token=f"Bearer {token}")["data"]
        assert {row["MFSKUID"] for row in rows} <= set(world_of(two, ocid).skus)
        assert rows


def test_what_needs_no_token_is_the_first_sellers(two: Sandbox) -> None:
    two_open = Sandbox(sellers=2, auth="open")
    rows = answer(two_open, "get_stock_movement", {"data": {}}, Access_Token="", vAuthorization="")["data"]
    assert {row["MFSKUID"] for row in rows} == {"OC0000250260096", "OC0000250294068"}
    assert answer(two, "get_service_list", b"", Access_Token="")["code"] == 0
