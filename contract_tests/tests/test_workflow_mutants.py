"""The workflows tell many wrong servers from the right one, each in at most six requests."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from oc_contract.targets import InProcess
from oc_contract.workflows import run_workflows
from oc_sandbox.catalog import catalog
from oc_sandbox.domain import ledger, lifecycles, returns, world
from oc_sandbox.domain.ledger import Bucket, Reason
from oc_sandbox.domain.records import InboundStatus, OutboundStatus
from oc_sandbox.mercozy import wire as mercozy_wire
from oc_sandbox.mercozy.inventory import list_inventory
from oc_sandbox.mercozy.products import list_products
from oc_sandbox.mercozy.stock_movements import create_stock_movement, list_stock_movements
from oc_sandbox.orangeconnex import accounts, credentials, tokens
from oc_sandbox.orangeconnex.finance import finance_fee_detail_query
from oc_sandbox.orangeconnex.inbound import inbound_order_detail_query, inbound_order_list_query, upload_tracking_no
from oc_sandbox.orangeconnex.oauth import oauth_access_token
from oc_sandbox.orangeconnex.outbound import outbound_order_cancellation, outbound_order_query_v2, place_outbound_order
from oc_sandbox.orangeconnex.pricing import cost_estimation_request, cost_estimation_response, sync_freight_estimate
from oc_sandbox.orangeconnex.returns import returns_erp_submit_order, returns_query_orders
from oc_sandbox.orangeconnex.sku import sku_query_v3
from oc_sandbox.orangeconnex.stock import get_stock_age, get_stock_movement, stock_snapshot_v2
from oc_sandbox.orangeconnex.vas import cancel_vas_order
from oc_sandbox.refusal import Rule

Patch = pytest.MonkeyPatch
MOST_REQUESTS = 6


# --- servers that are wrong -------------------------------------------------------------------------------------------


def without(module: Any, error: str) -> Callable[[Patch], None]:
    """A rule that nobody keeps."""

    def patch(m: Patch) -> None:
        assert error in {rule.error for rule in module.RULES}
        m.setattr(module, "RULES", tuple(rule for rule in module.RULES if rule.error != error))

    return patch


def posts_otherwise(change: Callable[[Any, Any, tuple[Any, ...]], Any]) -> Callable[[Patch], None]:
    """A ledger that writes other movements than it is told."""

    def patch(m: Patch) -> None:
        right = ledger.Ledger.post

        def post(self: Any, key: Any, at_s: int, changes: Any, reason: Any, order_number: str | None = None) -> None:
            changed, reason_told = change(key, reason, tuple(changes))
            right(self, key, at_s, changed, reason_told, order_number)

        m.setattr(ledger.Ledger, "post", post)

    return patch


def handles(m: Patch, operation: str, handle: Callable[[Any, Any], Any]) -> None:
    """Another handler than the operation's own."""
    made = catalog().operations[operation]
    wrong = replace(made, handle=handle)
    m.setitem(catalog().operations, operation, wrong)
    m.setitem(catalog()._exact, (made.method, made.path), wrong)


def kept_on_cancel(m: Patch) -> None:
    m.setattr(lifecycles, "_release", lambda *_: None)


def placed_twice(m: Patch) -> None:
    right = place_outbound_order._place

    def place(order: Any, row: Any, world: Any) -> Any:
        right(order, row, world)
        return right(order, row, world)

    m.setattr(place_outbound_order, "_place", place)


def cancelled_after_pick(m: Patch) -> None:
    allowed = lifecycles.CANCELLABLE | {OutboundStatus.PICKED}
    m.setattr(outbound_order_cancellation, "CANCELLABLE", allowed)


def loses_a_row(module: Any) -> Callable[[Patch], None]:
    def patch(m: Patch) -> None:
        right = module.page_of

        def page_of(query: Any, of: Any) -> Any:
            rows = right(query, of)
            return rows[1:] if int(query["pageNumber"]) > 1 else rows

        m.setattr(module, "page_of", page_of)

    return patch


def end_is_outside(m: Patch) -> None:
    right = world.World.outbound_created_between
    m.setattr(
        world.World,
        "outbound_created_between",
        lambda self, start, end: right(self, start, None if end is None else end - 1),
    )


def only_available(key: Any, reason: Any, changes: tuple[Any, ...]) -> Any:
    if reason is Reason.OUTBOUND_SUBMITTED:
        return tuple(each for each in changes if each[0] is Bucket.AVAILABLE), reason
    return changes, reason


def cancelled_as_fulfilled(key: Any, reason: Any, changes: tuple[Any, ...]) -> Any:
    return changes, Reason.OUTBOUND_FULFILLED if reason is Reason.OUTBOUND_CANCELLED else reason


def vas_pieces_vanish(key: Any, reason: Any, changes: tuple[Any, ...]) -> Any:
    return changes[:1] if reason is Reason.VAS_COMPLETED else changes, reason


def a_piece_is_lost_on_the_way(key: Any, reason: Any, changes: tuple[Any, ...]) -> Any:
    if reason is Reason.GOODS_ARRIVED:
        return tuple((bucket, change - 1 if change > 0 else change) for bucket, change in changes), reason
    return changes, reason


def put_away_all_at_first(m: Patch) -> None:
    table = dict(lifecycles.INBOUND)
    table[InboundStatus.ARRIVED] = table[InboundStatus.ARRIVED]._replace(moves=lambda quantity: quantity)
    table[InboundStatus.PARTLY_PUT_AWAY] = table[InboundStatus.PARTLY_PUT_AWAY]._replace(moves=lambda quantity: 0)
    m.setattr(lifecycles, "INBOUND", MappingProxyType(table))


def arrives_a_day_early(m: Patch) -> None:
    table = dict(lifecycles.INBOUND)
    step = table[InboundStatus.NOT_ARRIVED]
    table[InboundStatus.NOT_ARRIVED] = step._replace(lasts_s=step.lasts_s - 86_400)
    m.setattr(lifecycles, "INBOUND", MappingProxyType(table))


def all_may_not_go(m: Patch) -> None:
    def short(order: Any, world: Any) -> Any:
        wanted = {line.sku: line.quantity for line in order.lines}
        balance = world.ledger.balance
        for sku, quantity in wanted.items():
            if balance(sku, order.region, Bucket.AVAILABLE) <= quantity:
                return {"id": order.reference, "mf_sku_id": sku}
        return None

    rules = [Rule("stock_short", short) if rule.error == "stock_short" else rule for rule in place_outbound_order.RULES]
    m.setattr(place_outbound_order, "RULES", tuple(rules))


def age_forgets_a_piece(m: Patch) -> None:
    right = get_stock_age._row

    def row(world: Any, key: Any) -> Any:
        made = right(world, key)
        return {**made, "ageList": [{**each, "quantity": max(each["quantity"] - 1, 0)} for each in made["ageList"]]}

    m.setattr(get_stock_age, "_row", row)


def age_counts_what_is_set_aside(m: Patch) -> None:
    right = get_stock_age._row

    def row(world: Any, key: Any) -> Any:
        made, more = right(world, key), world.ledger.balance(*key, Bucket.ALLOCATED)
        first, *rest = made["ageList"]
        ages = [{**first, "quantity": first["quantity"] + more}, *rest]
        return {**made, "available": made["available"] + more, "ageList": ages}

    m.setattr(get_stock_age, "_row", row)


def movements_stop_short(m: Patch) -> None:
    right = ledger.Shelf.between
    m.setattr(ledger.Shelf, "between", lambda self, start, end: [*right(self, start, end)][:-1])


def movement_ids_repeat(m: Patch) -> None:
    m.setattr(get_stock_movement, "_serial", lambda movement, ids_per: movement.serial)


def query_forgets_the_window(m: Patch) -> None:
    m.setattr(world.World, "outbound_created_between", lambda self, start, end: iter(self.outbound.values()))


def query_finds_the_last_only(m: Patch) -> None:
    right = outbound_order_query_v2._named
    m.setattr(outbound_order_query_v2, "_named", lambda *args: [*right(*args)][-1:])


def list_without_the_first_second(m: Patch) -> None:
    right = inbound_order_list_query.moved_between
    m.setattr(inbound_order_list_query, "moved_between", lambda of, start, end: right(of, start + 1, end))


def list_loses_a_row(m: Patch) -> None:
    right = inbound_order_list_query._page
    m.setattr(
        inbound_order_list_query,
        "_page",
        lambda query, found: right(query, found)[1:] if query.get("page", 1) > 1 else right(query, found),
    )


def one_parcel_only(m: Patch) -> None:
    right = inbound_order_detail_query._order_to

    def shown(order: Any, of: Any) -> Any:
        row = right(order, of)
        return {**row, "trackingList": row["trackingList"][:0]}

    m.setattr(inbound_order_detail_query, "_order_to", shown)


def days_end_early(m: Patch) -> None:
    m.setattr(sku_query_v3, "DAY", 0)


def pieces_doubled(m: Patch) -> None:
    right = returns_erp_submit_order._line_from
    m.setattr(
        returns_erp_submit_order,
        "_line_from",
        lambda product, *rest: right({**product, "quantity": 2 * int(product["quantity"])}, *rest),
    )


def returned_pieces_vanish(m: Patch) -> None:
    right = returns.pieces_of
    m.setattr(returns, "pieces_of", lambda order: [*right(order)][1:])


def link_changes_nothing(m: Patch) -> None:
    def handle(request: Any, of: Any) -> Any:
        asked = list(dict.fromkeys(request["data"]["uniqueIdList"]))
        count = len(asked)
        return {"requestCount": count, "successCount": count, "failedCount": 0, "failedList": []}

    handles(m, "returns_link_sku", handle)


def states_are_mixed(m: Patch) -> None:
    right = returns_query_orders._found
    m.setattr(
        returns_query_orders,
        "_found",
        lambda query, of: right({name: value for name, value in query.items() if name != "orderStatus"}, of),
    )


def fee_twice(m: Patch) -> None:
    right = finance_fee_detail_query.fees_of

    def fees(order: Any) -> Any:
        rows = [*right(order)]
        return iter([rows[0], *rows])

    m.setattr(finance_fee_detail_query, "fees_of", fees)


def handling_is_a_cent_more(m: Patch) -> None:
    right = finance_fee_detail_query.fees_of
    m.setattr(
        finance_fee_detail_query,
        "fees_of",
        lambda order: (fee._replace(amount=fee.amount + finance_fee_detail_query.CENT) for fee in right(order)),
    )


def charged_before_it_leaves(m: Patch) -> None:
    m.setattr(finance_fee_detail_query, "LEFT", lifecycles.LEFT)
    right = finance_fee_detail_query._left_between

    def left(of: Any, query: Any, start: int, end: int) -> Any:
        gone = right(of, query, start, end)
        return gone + [o for o in of.outbound.values() if o.status is OutboundStatus.PACKED]

    m.setattr(finance_fee_detail_query, "_left_between", left)


def token_for_ever(m: Patch) -> None:
    right = accounts.Account.new_access_token

    def issue(self: Any, ocid: str) -> str:
        token = right(self, ocid)
        self.access._grants[token] = self.access._grants[token]._replace(expires_at_s=10**11)
        return token

    m.setattr(accounts.Account, "new_access_token", issue)


def used_twice(m: Patch) -> None:
    m.setattr(tokens.Grants, "take", lambda self, token: self[token])


def signature_unchecked(m: Patch) -> None:
    m.setattr(credentials, "check_signature", lambda call, tenant: None)


def one_form_of_a_code(m: Patch) -> None:
    m.setattr(oauth_access_token, "as_issued", lambda code: code)


def an_older_token_dies(m: Patch) -> None:
    right = accounts.Account.new_access_token

    def issue(self: Any, ocid: str) -> str:
        self.access._grants.clear()
        return right(self, ocid)

    m.setattr(accounts.Account, "new_access_token", issue)


def estimate_at_once(m: Patch) -> None:
    m.setattr(cost_estimation_response, "TAKES_S", 0)


def sync_costs_more(m: Patch) -> None:
    right = sync_freight_estimate.results

    def results(parcel: Any) -> Any:
        return right({**parcel, "skuList": [{**row, "pieceQuantity": 99} for row in parcel["skuList"]]})

    m.setattr(sync_freight_estimate, "results", results)


def adjustments_count_for_nothing(m: Patch) -> None:
    right = create_stock_movement.change_of
    m.setattr(create_stock_movement, "change_of", lambda kind, n: 0 if kind.value == "adjustment" else right(kind, n))


def shop_page_loses_a_row(m: Patch) -> None:
    right = mercozy_wire.skipped
    m.setattr(list_products, "skipped", lambda request: right(request) + (request["page"] > 1))


def shop_window_ends_early(m: Patch) -> None:
    right = mercozy_wire.last_second
    m.setattr(list_stock_movements, "last_second", lambda text: right(text) - 1)


def inventory_of_all(m: Patch) -> None:
    wanted = list_inventory.stock_of
    m.setattr(list_inventory, "stock_of", lambda product, region, of: wanted(product, region, of)._replace(available=1))


MUTANTS: dict[str, tuple[str, Callable[[Patch], None]]] = {
    "stock not given back on cancel": ("outbound", kept_on_cancel),
    "order placed twice": ("outbound", placed_twice),
    "cancel allowed after pick": ("outbound", cancelled_after_pick),
    "second cancellation taken": ("outbound", without(outbound_order_cancellation, "already_cancelled")),
    "reference not unique": ("outbound", without(place_outbound_order, "reference_taken")),
    "oversold": ("outbound", without(place_outbound_order, "stock_short")),
    "the last pieces cannot be ordered": ("outbound", all_may_not_go),
    "end of a window is outside": ("outbound", end_is_outside),
    "window counts for nothing": ("outbound", query_forgets_the_window),
    "of several orders one is found": ("outbound", query_finds_the_last_only),
    "AVL moved but RSVALOC not": ("outbound", posts_otherwise(only_available)),
    "cancellation with another reason": ("outbound", posts_otherwise(cancelled_as_fulfilled)),
    "page 2 of the snapshot loses a row": ("stock", loses_a_row(stock_snapshot_v2)),
    "page 2 of the stock age loses a row": ("stock", loses_a_row(get_stock_age)),
    "stock age loses a piece": ("stock", age_forgets_a_piece),
    "stock age counts what is set aside": ("stock", age_counts_what_is_set_aside),
    "the last movement is missing": ("stock", movements_stop_short),
    "movement ids repeat": ("stock", movement_ids_repeat),
    "a piece is lost on the way": ("inbound", posts_otherwise(a_piece_is_lost_on_the_way)),
    "all put away at first": ("inbound", put_away_all_at_first),
    "arrives a day early": ("inbound", arrives_a_day_early),
    "start of a window is outside": ("inbound", list_without_the_first_second),
    "page 2 of the list loses a row": ("inbound", list_loses_a_row),
    "tracking numbers are forgotten": ("inbound", one_parcel_only),
    "trucks have tracking numbers": ("inbound", without(upload_tracking_no, "not_express")),
    "days end when they begin": ("sku", days_end_early),
    "ordered before it is reviewed": ("sku", without(place_outbound_order, "sku_not_reviewed")),
    "estimate without waiting": ("pricing", estimate_at_once),
    "estimates differ": ("pricing", sync_costs_more),
    "estimate asked for twice": ("pricing", without(cost_estimation_request, "reference_repeated")),
    "VAS pieces vanish": ("vas", posts_otherwise(vas_pieces_vanish)),
    "VAS stopped too late": ("vas", without(cancel_vas_order, "too_late")),
    "return pieces doubled": ("returns", pieces_doubled),
    "returned pieces vanish": ("returns", returned_pieces_vanish),
    "more comes back than went out": ("returns", without(returns_erp_submit_order, "more_than_shipped")),
    "a link changes nothing": ("returns", link_changes_nothing),
    "filter by state counts for nothing": ("returns", states_are_mixed),
    "fee counted twice": ("finance", fee_twice),
    "fees do not add up": ("finance", handling_is_a_cent_more),
    "charged before it leaves": ("finance", charged_before_it_leaves),
    "token never expires": ("oauth", token_for_ever),
    "code usable twice": ("oauth", used_twice),
    "other redirect_uri": ("oauth", without(oauth_access_token, "redirect_uri_differs")),
    "signature unchecked": ("oauth", signature_unchecked),
    "a code in one spelling only": ("oauth", one_form_of_a_code),
    "an older token dies": ("oauth", an_older_token_dies),
    "adjustments count for nothing": ("mercozy", adjustments_count_for_nothing),
    "page 2 of the products loses a row": ("mercozy", shop_page_loses_a_row),
    "end of a shop's window is outside": ("mercozy", shop_window_ends_early),
    "inventory shows other quantities": ("mercozy", inventory_of_all),
    "shop sells what it has not": ("mercozy", without(create_stock_movement, "stock_short")),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_server_is_told_in_few_requests(mutant: str, monkeypatch: Patch) -> None:
    domain, patch = MUTANTS[mutant]
    patch(monkeypatch)
    # Needless steps are left out all the same; what Hypothesis makes smaller besides has its own test.
    (result,) = run_workflows(InProcess, domains=[domain], shrink=False)
    assert result.claim, "nobody noticed"
    assert 1 <= len(result.requests) <= MOST_REQUESTS, "\n".join((result.problem, *result.curls))


@pytest.mark.parametrize("mutant", ["order placed twice", "VAS pieces vanish", "code usable twice"])
def test_the_machine_over_all_finds_them_too_and_they_come_out_small(mutant: str, monkeypatch: Patch) -> None:
    MUTANTS[mutant][1](monkeypatch)
    (result,) = run_workflows(InProcess, domains=["everything"])
    assert result.claim
    assert 1 <= len(result.requests) <= MOST_REQUESTS, "\n".join((result.problem, *result.curls))
