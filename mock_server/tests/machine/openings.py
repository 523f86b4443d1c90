"""How a seller's books begin: with what its queries tell of a demo world, or with nothing."""

from typing import Any

from machine.books import Inbound, Outbound, Return, Shelf, Sku, Vas, epoch, stamp
from machine.looks import WINDOW_S, flat, note_id
from machine.shop import Shop

LOOK_BACK_S = 42 * 86_400
DEMO_ESTIMATE, DEMO_VAS = "DEMO-ESTIMATE-1", "DEMO-VAS-1"
IDENTITY = ("MFSKUID", "referenceSKUID", "sellerSKUID", "status")


def adopt(shop: Shop, ids: set[str]) -> None:
    """Write down a demo world. What its orders have set aside must be what lies in those buckets."""
    _adopt_skus(shop, ids)
    _adopt_movements(shop, ids)
    _adopt_outbound(shop, ids)
    _adopt_inbound(shop, ids)
    _adopt_vas(shop, ids)
    _adopt_returns(shop, ids)
    book = shop.book
    book.estimates[DEMO_ESTIMATE] = (0, {})
    book.by_reference = {order.reference: order.number for order in book.outbound.values() if order.reference}
    orders = book.figures()
    for row in shop.told("stock_snapshot_v2", {})["SKUList"]:
        place = row["MFSKUID"], row["serviceRegion"]
        book.places.add(place)
        # What the open orders set aside was available before; so was what came in and went out long ago.
        book.base[Shelf(*place, "AVL")] = row["available"] - orders[Shelf(*place, "AVL")]


def _adopt_skus(shop: Shop, ids: set[str]) -> None:
    book = shop.book
    for row in shop.told("sku_query_v3", {}):
        code = note_id(ids, row["MFSKUID"])
        shown = {name: value for name, value in row.items() if name not in IDENTITY}
        book.skus[code] = Sku(code, row["referenceSKUID"], shown, row["status"], None)
    for row in shop.told("query_sku_ef_service", {}):
        kept = {name: value for name, value in row.items() if name not in IDENTITY}
        book.skus[row["MFSKUID"]].ef_service = kept


def _windows(shop: Shop) -> list[dict[str, str]]:
    now_s = shop.now_s()
    starts = range(now_s - LOOK_BACK_S, now_s + 1, WINDOW_S + 1)
    return [{"startTime": stamp(start), "endTime": stamp(min(start + WINDOW_S, now_s))} for start in starts]


def _adopt_movements(shop: Shop, ids: set[str]) -> None:
    for window in _windows(shop):
        for shelf, line in flat(shop.told("get_stock_movement", window), shop.book):
            shop.book.movement_ids.add(note_id(ids, line["moventmentID"]))
            shop.book.history[shelf].append(line)


def _adopt_outbound(shop: Shop, ids: set[str]) -> None:
    set_aside: dict[str, list[tuple[str, int]]] = {}
    for shelf, lines in shop.book.history.items():
        for line in lines:
            if line["reason"] == "OOS" and shelf.bucket == "RSVALOC":
                set_aside.setdefault(line["orderNumber"], []).append((shelf.sku, line["quantity"]))
    for row in shop.told("outbound_order_query_v2", {"endTime": stamp(shop.now_s())}):
        number, at_s = note_id(ids, row["orderNumber"]), epoch(row["orderCreationTime"])
        parcels = [(each["MFSKUID"], each["SKUQuantity"]) for p in row["trackingNumberList"] for each in p["SKUList"]]
        lines = tuple(parcels or set_aside[number])
        order = Outbound(number, row["referenceNumber"], row["serviceRegion"], lines, row["orderStatus"], at_s, at_s)
        shop.book.outbound[number] = order
    fees = shop.told("finance_fee_detail_query", {"startTime": stamp(shop.now_s() - 30 * 86_400)})["feeList"]
    for fee in fees:
        shop.book.outbound[fee["orderNumber"]].left_s = epoch(fee["feeTime"])


def _adopt_inbound(shop: Shop, ids: set[str]) -> None:
    listed: dict[str, Any] = {}
    for window in _windows(shop):
        rows = shop.told("inbound_order_list_query", window)["inboundOrderList"]
        listed |= {row["inboundNumber"]: row for row in rows}
    for row in shop.told("inbound_order_detail_query", {})["inboundOrderList"]:
        number = note_id(ids, row["inboundNumber"])
        lines = tuple((each["MFSKUID"], each["skuquantity"]) for each in row["SKUList"])
        first = listed[number]
        order = Inbound(number, row["sellerinboundNumber"], first["serviceRegion"], lines, row["status"], 0)
        order.method = first["shippingMethod"]
        shop.book.inbound[number] = order


def _adopt_vas(shop: Shop, ids: set[str]) -> None:
    for row in shop.told("query_vas_order_detail", {"referenceNumberList": [DEMO_VAS]}):
        number, at_s = note_id(ids, row["orderNumber"]), epoch(row["orderCreationTime"])
        lines = tuple((each["MFSKUID"], each["SKUQuantity"]) for each in row["productList"])
        order = Vas(number, row["referenceNumber"], row["serviceRegion"], lines, row["orderStatus"], at_s, at_s)
        order.service, order.remarks = row["serviceType"], row["remarks"]
        shop.book.vas[number] = order


def _adopt_returns(shop: Shop, ids: set[str]) -> None:
    for row in shop.told("returns_query_orders")["orderList"]:
        number, at_s = note_id(ids, row["orderNumber"]), epoch(row["createTime"])
        lines = tuple((each["mfSkuId"], each["quantity"]) for each in row["productList"])
        order = Return(number, row["referenceNumber"], row["serviceRegion"], lines, row["orderStatus"], at_s)
        order.changed_s, order.outbound = epoch(row["updateTime"]), row["outboundOrderNumber"]
        shop.book.returns[number] = order
        shop.book.adopted.add(number)
