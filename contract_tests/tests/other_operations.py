"""What the other server does: its world, and its operations upon requests that have been read."""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from other_reading import Refuse, instant, refuse, window

CHINA = timezone(timedelta(hours=8))
CLIENT, SECRET = "other-client", "other-secret"
REGIONS = {"UK": ("GB", ("GBSlow", "GBFast")), "DE": ("DE", ("DESlow",))}
SKUS = {f"OC00009000000{n:02d}": f"SELLER-{n}" for n in range(1, 8)}
BUCKETS = ("AVL", "INTRAN", "RCVD", "RSVALOC", "RSVHOLD", "RSVVAS", "SUSPEND", "UNFULFIL")


class World:
    """What the seller has: movements of pieces, and orders. Movements are never changed."""

    def __init__(self) -> None:
        self.movements: list[dict[str, Any]] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.balances: dict[tuple[str, str, str], int] = {}
        self.serial = 0
        now = datetime.now(timezone.utc).replace(microsecond=0)
        for index, sku in enumerate(SKUS):
            for region in REGIONS:
                for back in (40, 3):
                    at = now - timedelta(days=back, seconds=61 * index)
                    self.move(sku, region, "IAA", {"AVL": 100_000 + index}, at, "")

    def move(self, sku: str, region: str, reason: str, changes: Mapping[str, int], at: datetime, order: str) -> None:
        self.serial += 1
        for bucket, change in changes.items():
            after = self.balances[sku, region, bucket] = self.balance(sku, region, bucket) + change
            line = {"sku": sku, "region": region, "bucket": bucket, "change": change, "after": after, "at": at}
            number = len(self.movements)
            self.movements.append({**line, "reason": reason, "order": order, "line": number, "event": self.serial})

    def balance(self, sku: str, region: str, bucket: str) -> int:
        return self.balances.get((sku, region, bucket), 0)

    def copied(self) -> "World":
        """As it is now; records are replaced, or added behind these."""
        other = copy.copy(self)
        other.movements, other.orders, other.balances = self.movements[:], dict(self.orders), dict(self.balances)
        return other


class Operations:
    """By `_name`: the `data` of a success, for a request without faults of form. Errors: Refuse."""

    api: Any
    operations: Mapping[str, Any]
    wrong: str
    answers: Mapping[str, str]

    def __init__(self) -> None:
        self.world = World()
        self.tokens, self.refresh_tokens = {"first-token"}, {"first-refresh"}

    def _data_of(self, name: str) -> Any:
        return self.operations[name]["request"]["properties"]["data"]

    def _get_service_list(self, asked: Any, now: datetime) -> Any:
        def service(code: str) -> Any:
            names = [{"applyPlatform": "0", "language": "en", "shippingServiceName": code}]
            return {"shippingServiceCode": code, "shippingServiceNameList": names}

        return [{"serviceRegion": r, "productList": [service(code) for code in told[1]]} for r, told in REGIONS.items()]

    def _sku_query_v3(self, asked: Any, now: datetime) -> Any:
        data = asked["data"]
        by_seller = {seller: sku for sku, seller in SKUS.items()}
        named = [each.get("mfskuid") for each in data.get("mfskulist", ())]
        for rows, key in (("referenceSKUIDList", "referenceSKUID"), ("sellerSKUIDList", "sellerSKUID")):
            named += [by_seller.get(each[key], each[key]) for each in data.get(rows, ()) if key in each]
        wanted = list(dict.fromkeys(sku for sku in named if sku)) or list(SKUS)
        made = now - timedelta(days=100)
        if "startTime" in data and made < instant(data["startTime"]) - timedelta(days=1):
            wanted = []
        if "endTime" in data and made >= instant(data["endTime"]) + timedelta(days=1):
            wanted = []
        rows = [
            {"MFSKUID": sku, "referenceSKUID": SKUS[sku], "sellerSKUID": SKUS[sku], "status": "Reviewed"}
            for sku in wanted
            if sku in SKUS
        ]
        return self._page(rows, data["page"], data["limit"])

    def _page(self, rows: list[Any], page: int, size: int) -> list[Any]:
        found = rows[(page - 1) * size : page * size]
        return found[:-1] if self.wrong == "page_2_loses_a_row" and page == 2 else found

    def _stock_snapshot_v2(self, asked: Any, now: datetime) -> Any:
        data = asked["data"]
        skus = {each["mfSkuId"] for each in data.get("skuList", ())} or set(SKUS)
        regions = {each["serviceRegion"] for each in data.get("serviceRegionList", ())} or set(REGIONS)
        keys = {bucket["code"]: bucket["field"] for bucket in self.api["vocabulary"]["buckets"].values()}
        rows = [
            {
                "MFSKUID": sku,
                "serviceRegion": region,
                **{keys[bucket]: self.world.balance(sku, region, bucket) for bucket in BUCKETS},
            }
            for sku in sorted(skus & set(SKUS))
            for region in sorted(regions & set(REGIONS))
        ]
        return self._page(rows, data["pageNumber"], data["pageSize"])

    def _get_stock_movement(self, asked: Any, now: datetime) -> Any:
        data = asked["data"]
        start, end = window(self._data_of("get_stock_movement")["x-date-range"], data, now)
        assert start is not None
        assert end is not None
        if self.wrong == "zone_ignored":
            start, end = (_without_zone(data, key, given) for key, given in (("startTime", start), ("endTime", end)))
        if self.wrong == "window_end_outside":
            end -= timedelta(seconds=1)
        skus = [each["mfSkuId"] for each in data.get("mfSkuList", ())]
        unknown = [sku for sku in skus if sku not in SKUS]
        if unknown and self.answers["unknown_sku_in_movements"] == "refused":
            raise refuse("sku_unknown", mf_sku_id=unknown[0])
        tree: dict[str, dict[str, dict[str, list[Any]]]] = {}
        for each in self.world.movements:
            if start <= each["at"] <= end and (not skus or each["sku"] in skus):
                lines = tree.setdefault(each["sku"], {}).setdefault(each["region"], {}).setdefault(each["bucket"], [])
                lines.append(self._line(each))
        return [
            {
                "MFSKUID": sku,
                "sellerSkuId": SKUS[sku],
                "serviceRegionList": [_region(*told) for told in regions.items()],
            }
            for sku, regions in tree.items()
        ]

    def _line(self, each: Any) -> Any:
        reasons = self.api["vocabulary"]["movement_reasons"].values()
        text = next(row["text"] for row in reasons if row["code"] == each["reason"])
        forms = {"code": each["reason"], "code_and_text": f"{each['reason']}={text}", "text": text}
        line = {
            "actualCount": each["after"],
            "quantity": each["change"],
            "reason": forms[self.answers["movement_reason"]],
            "updateTime": _shown(each["at"]),
        }
        key = "movementID" if self.answers["movement_id_key"] == "right" else "moventmentID"
        line[key] = str(each["event" if self.answers["movement_ids"] == "of_each_event" else "line"])
        return {**line, "orderNumber": each["order"]} if each["order"] else line

    def _place_outbound_order(self, asked: Any, now: datetime) -> Any:
        taken, told, before = [], [], self.world.copied()
        for order in asked["data"]:
            try:
                taken.append(self._place(order, now.replace(microsecond=0)))
            except Refuse as refused:
                told += refused.told
        if told and self.answers["batch_outcome"] == "atomic":
            self.world, taken = before, []
        if told:
            raise Refuse(*told, data=taken)
        return taken

    def _place(self, order: Any, now: datetime) -> Any:
        reference, region = order.get("referenceNumber", ""), order["serviceRegion"]
        wanted: dict[str, int] = {}
        for line in order["productList"]:
            wanted[line["MFSKUID"]] = wanted.get(line["MFSKUID"], 0) + int(line["SKUQuantity"])
        if self.wrong == "address_in_ascii_only" and not order["consigneeAddress1"].isascii():
            raise refuse("field_value", field="consigneeAddress1")
        if region not in REGIONS:
            raise refuse("region_unknown", id=reference, service_region=region)
        country, services = REGIONS[region]
        if order["shippingServiceCode"] not in services:
            raise refuse("service_unknown", id=reference, shipping_service_code=order["shippingServiceCode"])
        for sku in wanted:
            if sku not in SKUS:
                raise refuse("sku_unknown", id=reference, mf_sku_id=sku)
        for sku, pieces in wanted.items():
            if self.world.balance(sku, region, "AVL") < pieces:
                raise refuse("stock_short", id=reference, mf_sku_id=sku)
        earlier = [each for each in self.world.orders.values() if reference and each["reference"] == reference]
        if earlier and self.answers["repeated_reference"] == "refused":
            raise refuse("reference_taken", id=reference)
        if earlier and self.answers["repeated_reference"] == "same_number":
            return {"orderNumber": earlier[0]["number"], "referenceNumber": reference}
        serial = 1 if self.wrong == "number_repeated" else len(self.world.orders) + 1
        number = f"OCO{serial:013d}{country}"
        told = {"number": number, "reference": reference, "region": region, "at": now, "wanted": wanted}
        self.world.orders[number] = {**told, "ebay": order.get("ebayOrderId", ""), "cancelled": False}
        self._reserve(number, 1, now)
        return {"orderNumber": number, "referenceNumber": reference}

    def _reserve(self, number: str, sign: int, now: datetime) -> None:
        """Set an order's pieces aside, or with -1 give them back."""
        order = self.world.orders[number]
        wrong = "order_takes_nothing" if sign == 1 else "cancel_gives_nothing_back"
        for sku, pieces in order["wanted"].items() if self.wrong != wrong else ():
            changes = {"AVL": -sign * pieces, "RSVALOC": sign * pieces}
            self.world.move(sku, order["region"], "OOS" if sign == 1 else "OOC", changes, now, number)

    def _outbound_order_query_v2(self, asked: Any, now: datetime) -> Any:
        data = asked["data"]
        named = {
            key: {each[key] for each in data.get(rows, ()) if each.get(key)}
            for rows, key in (
                ("orderNumberList", "orderNumber"),
                ("referenceNumberList", "referenceNumber"),
                ("ebayOrderIdList", "ebayOrderId"),
            )
        }
        start, end = window(self._data_of("outbound_order_query_v2")["x-date-range"], data, now)
        if not any(named.values()) and start is None and end is None:
            raise refuse("filter_missing", field="orderNumberList")
        found = [
            order
            for order in self.world.orders.values()
            if (start is None or order["at"] >= start)
            and (end is None or order["at"] <= end)
            and (
                not any(named.values())
                or order["number"] in named["orderNumber"]
                or order["reference"] in named["referenceNumber"]
                or order["ebay"] in named["ebayOrderId"]
            )
        ]
        return [
            {
                "orderNumber": order["number"],
                "autoFulfillmentEF": False,
                "orderCreationTime": _shown(order["at"]),
                "referenceNumber": order["reference"],
                "serviceRegion": order["region"],
                "orderStatus": "Cancelled" if order["cancelled"] else "Submitted",
                "trackingNumberList": [],
            }
            for order in found[:1000]
        ]

    def _outbound_order_cancellation(self, asked: Any, now: datetime) -> Any:
        number = asked["data"]["orderNumber"]
        order = self.world.orders.get(number)
        if order is None:
            raise refuse("order_unknown", id=number, order_number=number)
        if order["cancelled"]:
            if self.answers["second_cancellation"] == "refused":
                raise refuse("already_cancelled", id=number, order_number=number)
            return None
        order["cancelled"] = True
        self._reserve(number, -1, now.replace(microsecond=0))
        return None

    def _oauth_refresh_access_token(self, asked: Any, now: datetime) -> Any:
        if asked.get("client_id") != CLIENT:
            raise refuse("client_unknown")
        token = asked["refresh_token"]
        if token not in self.refresh_tokens:
            raise refuse("refresh_token_invalid")
        access = f"token-{len(self.tokens)}"
        self.tokens.add(access)
        told = {"access_token": access, "token_type": "bearer", "expires_in": 3600}
        if self.answers["refresh_rotation"] == "same":
            told["refresh_token"] = token
        elif self.answers["refresh_rotation"] == "new":
            told["refresh_token"] = f"refresh-{access}"
            self.refresh_tokens = {told["refresh_token"]}
        return told

    def _inbound_order_list_query(self, asked: Any, now: datetime) -> Any:
        return []

    def _inbound_order_detail_query(self, asked: Any, now: datetime) -> Any:
        for number in asked["data"].get("inboundNumberList", ()):
            raise refuse("inbound_number_unknown", inbound_number=number)
        return {"inboundOrderList": []}


def _shown(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S%z")


def _without_zone(data: Any, key: str, given: datetime) -> datetime:
    return given.replace(tzinfo=CHINA) if key in data else given


def _region(name: str, buckets: Mapping[str, list[Any]]) -> Any:
    listed = [{"inventoryStatus": bucket, "movementList": lines} for bucket, lines in buckets.items()]
    return {"serviceRegion": name, "inventoryList": listed}


def _moved(sku: str, regions: Mapping[str, Mapping[str, list[Any]]]) -> Any:
    rows = [_region(name, buckets) for name, buckets in regions.items()]
    return {"MFSKUID": sku, "sellerSkuId": SKUS[sku], "serviceRegionList": rows}
