"""Rules of the group pricing: estimates, which must be what orders cost in the end."""

from random import Random
from typing import Any

from machine.base import Base
from machine.books import Outbound
from machine.orders import SERVICES
from machine.shop import Shop

COUNTRIES = {"UK": "GB", "DE": "DE", "US-South": "US", "AU": "AU", "AU-MEL": "AU"}
TAKES_S = 5


class Prices(Base):
    """Estimates asked for, fetched, and compared with fees."""

    def parcel_fault(self, shop: Shop, parcel: dict[str, Any]) -> str | None:
        skus = [row["skuId"] for row in parcel["skuList"]]
        if any(sku not in shop.book.skus for sku in skus):
            return "400511"
        if any(not shop.book.active(sku) for sku in skus):
            return "400512"
        return "400513" if "XX_Teleport" in parcel["shippingServiceCode"] else None

    def ask_for_an_estimate(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        region = dice.choice(["UK", "DE", "AU-Sydney"])
        services = SERVICES["AU" if region == "AU-Sydney" else region]
        parcel = {
            "referenceId": dice.choice(["E-1", "E-2", f"E-{len(shop.book.estimates)}-a"]),
            "consigneeCountryCode": COUNTRIES.get(region, "AU"),
            "consigneePostCode": "BN2 5ES",
            "serviceRegion": region,
            "skuType": True,
            "skuList": [{"skuId": self.a_sku(dice, shop), "pieceQuantity": dice.randint(1, 9)}],
            "shippingServiceCode": dice.choices([*services * 3, "XX_Teleport"], k=dice.randint(0, 2)),
        }
        fault = self.parcel_fault(shop, parcel)
        if parcel["referenceId"] in shop.book.estimates:
            fault = "400510"
        self.write(shop, "cost_estimation_request", parcel, fault)
        if fault is None:
            shop.book.estimates[parcel["referenceId"]] = (self.now_s(), parcel)

    def fetch_an_estimate(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        estimates = shop.book.estimates
        if dice.random() < 0.5:
            self.ask_for_an_estimate(dice)
        self.wait(dice.choice([0, 4, 5, 86_400]))
        reference = self.one_of(dice, estimates, self.other(shop).book.estimates, "E-none")
        got = shop.ask("cost_estimation_response", {"referenceId": reference})
        if reference not in estimates:
            assert got.codes == ["400515"]
            return
        asked_s, parcel = estimates[reference]
        if self.now_s() < asked_s + TAKES_S:
            assert got.codes == ["400514"]
            return
        self.tell("cost_estimation_response: done")
        assert got.body["code"] == 0
        if parcel:
            assert got.data == shop.ask("sync_freight_estimate", parcel).data

    def compare_a_fee_with_the_estimate(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        parcelled = [order for order in shop.book.outbound.values() if order.parcel and order.service]
        if parcelled:
            order = dice.choice(parcelled)
            for row in self.estimate_of(shop, order):
                if row["success"]:
                    self.tell("fee: as estimated")
                    assert order.parcel["feeAmount"] == row["ebayFee" if order.ebay_order else "noEbayFee"]
                    (channel,) = row["freightTrialChannelResults"]
                    assert order.parcel["LMCarrierCode"] == channel["channelCode"]
                    assert order.parcel["chargeableWeight"] == channel["chargeableWeight"]
                    assert order.parcel["feeAmountCurrency"] == channel["currency"]

    def estimate_of(self, shop: Shop, order: Outbound) -> Any:
        parcel = {
            "referenceId": "any",
            "consigneeCountryCode": COUNTRIES[order.region],
            "consigneePostCode": "BN2 5ES",
            "serviceRegion": order.region,
            "skuType": True,
            "skuList": [{"skuId": sku, "pieceQuantity": pieces} for sku, pieces in order.lines],
            "shippingServiceCode": [order.service],
        }
        return shop.ask("sync_freight_estimate", parcel).data
