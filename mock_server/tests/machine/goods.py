"""Rules of the groups sku and inbound, and of the shelf that somebody counts: how goods come to be there."""

from random import Random
from typing import Any

import pytest
from machine.base import REGIONS, Base
from machine.books import AGES, DAY_S, LAST, Inbound, Shelf, Sku, epoch
from machine.looks import FILES
from machine.shop import Shop
from oc_sandbox.control.stock import BadStock

KNOWN_REGIONS = {"UK", "DE", "AU", "AU-MEL", "US-West", "US-East", "US-South"}
SETTABLE = {"available": "AVL", "on_hold": "RSVHOLD", "suspended": "SUSPEND", "unfulfillable": "UNFULFIL"}
HOME = {"UK": ["GBDomesticStandard", "GBDomStd_RMOnly"], "DE": ["DEDomesticStandard"]}
ABROAD = {"UK": ["GBInternationalStandard"], "DE": ["DEInternationalStandard"]}


class Goods(Base):
    """SKUs, inbound orders, and adjustments."""

    def stock_up(self, shop: Shop) -> None:
        rows = [{"referenceSKUID": f"FIRST-{place}"} for place in range(4)]
        self.create(shop, rows)
        self.wait(26 * 3600)
        codes = list(shop.book.skus)
        for sku, region, pieces in zip(codes, ("UK", "UK", "DE"), (40, 9, 12), strict=False):
            self.count(shop, sku, region, {"available": pieces}, None)

    def create_skus(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        rows: list[dict[str, Any]] = []
        for _ in range(dice.randint(1, 3)):
            known = list(shop.book.skus.values())[-1:]
            new = [f"MUG-{len(shop.book.skus)}-{end}" for end in "abcdef"]
            reference = dice.choice([*new, *(sku.reference for sku in known)])
            row: dict[str, Any] = {"referenceSKUID": reference, "withBattery": False}
            if dice.random() < 0.5:
                row["SKUNameList"] = [{"SKUName": "Mug, red", "languageCode": "en-US"}]
                row["SKUdescription"] = "A mug"
            rows.append(row)
        self.create(shop, rows)

    def create(self, shop: Shop, rows: list[dict[str, Any]]) -> None:
        book = shop.book
        references = {sku.reference for sku in book.skus.values()}

        def fault(row: dict[str, Any]) -> str | None:
            taken = row["referenceSKUID"] in references
            references.add(row["referenceSKUID"])
            return "400460" if taken else None

        def take(row: dict[str, Any], told: dict[str, Any]) -> None:
            code = self.new_number(told["MFSKUID"])
            assert told["referenceSKUID"] == row["referenceSKUID"]
            shown = {"SKUNameList": row["SKUNameList"]} if "SKUNameList" in row else {}
            shown |= {"SKUDescription": row["SKUdescription"]} if "SKUdescription" in row else {}
            book.skus[code] = Sku(code, row["referenceSKUID"], shown, "Draft", self.now_s())

        self.batch(shop, "sku_creation_v3", rows, fault, "referenceSKUID", take)

    def set_ef_service_up(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        book = shop.book
        rows = []
        for _ in range(dice.randint(1, 2)):
            centers = []
            for _ in range(dice.randint(1, 2)):
                region = dice.choice(["UK"] * 5 + ["DE"] * 4 + ["XX"])
                services = [*HOME.get(region, []) * 5, *ABROAD.get(region, []), "XX_Teleport"]
                home = dice.choice(services)
                abroad = dice.choice([*ABROAD.get(region, []) * 40, *services])
                center: dict[str, Any] = {
                    "serviceRegion": region,
                    "domesticServiceList": [{"shippingServiceCode": home}],
                    "internationalServiceList": [
                        {"shippingServiceCode": abroad, "countryList": [{"countryCode": "IE"}]}
                    ],
                }
                centers.append(center)
            sku = self.a_sku(dice, shop)
            rows.append({"MFSKUID": sku, "fulfillmentCenterList": centers, "eBayIDList": [{"eBayID": "example-shop"}]})

        def fault(row: dict[str, Any]) -> str | None:
            code = row["MFSKUID"]
            if code not in book.skus:
                return "400465"
            return _ef_fault(row["fulfillmentCenterList"]) if book.active(code) else "400466"

        def take(row: dict[str, Any], told: dict[str, Any]) -> None:
            sku = book.skus[row["MFSKUID"]]
            assert told == {"MFSKUID": sku.number, "referenceSKUID": sku.reference}
            sku.ef_service = {name: value for name, value in row.items() if name != "MFSKUID"}
            sku.changed_s = self.now_s()

        self.batch(shop, "sku_setup_ef_service", rows, fault, "MFSKUID", take)

    def announce_goods(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        book = shop.book
        region = dice.choice([*REGIONS, "AU-MEL", "XX"])
        numbers = ["IN-1", "IN-2", *(f"IN-{len(book.inbound)}-{end}" for end in "abc")]
        number = dice.choice(numbers)
        cartons = []
        for place in range(dice.randint(1, 2)):
            skus = [self.a_sku(dice, shop) for _ in range(dice.randint(1, 2))]
            products = [{"mfskuid": sku, "quantity": dice.randint(1, 9)} for sku in skus]
            cartons.append({"sellerCartonNumber": f"C{place + 1}", "productList": products})
        order = {
            "sellerInboundNumber": number,
            "serviceRegion": region,
            "shippingFrom": "CN",
            "shippingMethod": dice.choice(["TK", "EX"]),
            "eta": "2026-12-24+0800",
            "cartonList": cartons,
        }
        lines = tuple((row["mfskuid"], row["quantity"]) for carton in cartons for row in carton["productList"])
        fault = None
        if region not in KNOWN_REGIONS:
            fault = "400481"
        elif any(known.reference == number for known in book.inbound.values()):
            fault = "400480"
        elif any(sku not in book.skus for sku, _ in lines):
            fault = "400482"
        elif not all(book.active(sku) for sku, _ in lines):
            fault = "400483"
        told = self.write(shop, "place_inbound_order", order, fault)
        if fault is None:
            assert told["sellerInboundNumber"] == number
            self.take_inbound(shop, self.new_number(told["inboundNumber"]), order, lines)

    def take_inbound(self, shop: Shop, number: str, row: dict[str, Any], lines: tuple[tuple[str, int], ...]) -> None:
        at_s, region = self.now_s(), row["serviceRegion"]
        order = Inbound(number, row["sellerInboundNumber"], region, lines, "Not arrived", at_s, at_s)
        order.method = row["shippingMethod"]
        names = (carton["sellerCartonNumber"] for carton in row["cartonList"])
        order.cartons = tuple((str(place), name) for place, name in enumerate(names, 1))
        shop.book.inbound[number] = order
        for sku, quantity in lines:
            shop.book.moves(at_s, (sku, region), {"INTRAN": quantity}, "IOS", number)

    def tell_of_parcels(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        number = self.one_of(dice, shop.book.inbound, self.other(shop).book.inbound, "OCI5GB00000000")
        order = shop.book.inbound.get(number)
        rows = []
        for _ in range(dice.randint(1, 2)):
            row = {"trackingNumber": dice.choice(["P-1", "P-2", "P-3"]), "carrier": "DPD"}
            known = [each for carton in order.cartons for each in carton if each] if order else []
            carton = dice.choice(["", *known * 2, "C99"])
            rows.append(row | ({"cartonNumber": carton} if carton else {}))
        fault = None
        if order is None:
            fault = "400484"
        elif order.method != "EX":
            fault = "400485"
        elif any(row.get("cartonNumber") == "C99" for row in rows):
            fault = "400486"
        asked = {"inboundNumber": number, "referenceNumber": "any", "trackingList": rows}
        self.write(shop, "upload_tracking_no", asked, fault)
        if order is not None and fault is None:
            order.trackings |= {row["trackingNumber"]: row for row in rows}

    def send_customs_files(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        number = self.one_of(dice, shop.book.inbound, self.other(shop).book.inbound, "OCI5GB00000000")
        order = shop.book.inbound.get(number)
        kinds = dice.choices(sorted(FILES), k=dice.randint(1, 2))
        rows = [
            {"fileName": dice.choice(["a.pdf", "b.pdf"]), "fileType": "CI", "file": FILES[kind][0]} for kind in kinds
        ]
        asked = {"inboundNumber": number, "fileList": rows}
        self.write(shop, "upload_clearance_doc", asked, None if order else "400484")
        if order is not None:
            for kind, row in zip(kinds, rows, strict=True):
                order.files[row["fileType"], row["fileName"]] = (FILES[kind][1], kind != "junk", self.now_s())

    def count_the_shelf(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        names = dice.sample(sorted(SETTABLE), dice.randint(1, 4))
        quantities = {name: dice.randint(0, 40) for name in names}
        sku, region = self.a_sku(dice, shop), dice.choice(REGIONS)
        reason = dice.choice([None, "adjusted"])
        if sku not in shop.book.skus:
            with pytest.raises(BadStock):
                self.sandbox.set_stock(sku, region, ocid=shop.ocid, **quantities)
            return
        self.tell("stock: set")
        self.count(shop, sku, region, quantities, reason)

    def count(self, shop: Shop, sku: str, region: str, quantities: dict[str, int], reason: str | None) -> None:
        book, before = shop.book, shop.book.figures()
        more: dict[str, Any] = {"reason": reason} if reason else {}
        self.sandbox.set_stock(sku, region, ocid=shop.ocid, **quantities, **more)
        changes = {}
        for name, quantity in quantities.items():
            shelf = Shelf(sku, region, SETTABLE[name])
            changes[shelf.bucket] = quantity - before[shelf]
            book.base[shelf] += changes[shelf.bucket]
        if any(changes.values()):
            book.moves(self.now_s(), (sku, region), changes, "IAA")

    def let_much_time_pass(self, dice: Random) -> None:
        """Whatever is under way ends, and in the state in which it must; and something on the shelf comes of an age."""
        seconds = dice.choice([2, 9, 31, 200, 400]) * DAY_S
        lines = [
            line for shelf, some in self.a_shop(dice).book.history.items() if shelf.bucket == "AVL" for line in some
        ]
        if lines and dice.random() < 0.5:
            then_s = epoch(dice.choice(lines)["updateTime"]) + dice.choice([*AGES.values()]) * DAY_S
            seconds = max(then_s - dice.choice([0, 1]) - self.now_s(), 0)
        self.wait(seconds)
        self.everything_agrees()
        if seconds > 30 * DAY_S:
            for shop in self.shops:
                self.nothing_is_under_way(shop)

    def nothing_is_under_way(self, shop: Shop) -> None:
        book = shop.book
        assert all(order.status in (LAST[order.trouble], "Cancelled") for order in book.outbound.values())
        assert all(order.status == "Put away" for order in book.inbound.values())
        assert all(order.status in ("Completed", "Cancelled") for order in book.vas.values())
        assert all(order.status in ("Put away", "Cancelled") for order in book.returns.values())
        assert all(sku.status == "Reviewed" for sku in book.skus.values())
        resting = {"AVL", *SETTABLE.values()}
        assert all(not pieces for shelf, pieces in book.figures().items() if shelf.bucket not in resting)


def _ef_fault(centers: list[dict[str, Any]]) -> str | None:
    """What is wrong with a set-up, in the documented sequence."""
    regions = [center["serviceRegion"] for center in centers]
    home, abroad = (
        [(center["serviceRegion"], each["shippingServiceCode"]) for center in centers for each in center[name]]
        for name in ("domesticServiceList", "internationalServiceList")
    )
    if any(region not in KNOWN_REGIONS for region in regions):
        return "400467"
    if len(set(regions)) < len(regions):
        return "400468"
    if any(service not in HOME[region] + ABROAD[region] for region, service in home + abroad):
        return "400469"
    if any(service in ABROAD[region] for region, service in home):
        return "400470"
    return "400471" if any(service in HOME[region] for region, service in abroad) else None
