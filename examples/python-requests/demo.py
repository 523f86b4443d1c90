"""Places an order for each SKU id given, cancels the first, reads the stock and its movements of 30 days."""

import os
import sys
import time
from datetime import timedelta
from typing import Any

from oc_client import Client, Refused, Unclear, now

REGION = "UK"


def main(sku_ids: list[str]) -> int:
    with Client.from_environment() as oc:
        services = oc.services(REGION)
        print(f"services {len(services)} in {REGION}")

        run = time.time_ns() // 1_000_000  # in real life: the number that the order has in your database
        outcomes = oc.place_orders(
            an_order(f"DEMO-{run}-{at}", sku_id, services[0]) for at, sku_id in enumerate(sku_ids, start=1)
        )
        for each in outcomes:
            if each.order_number:
                print(f"placed {each.reference} {each.order_number}")
            elif each.error:
                print(f"refused {each.reference} {each.error}")
            else:
                print(f"unclear {each.reference}: look it up before you place it again")

        placed = [each.order_number for each in outcomes if each.order_number]
        if placed:
            oc.cancel(placed[0], "the buyer changed his mind")
            print(f"cancelled {placed[0]}")

        stock = list(oc.snapshot(int(os.environ.get("OC_PAGE_SIZE", "200"))))
        print(f"stock {len(stock)} rows")
        end = now()
        found = oc.movements(sorted({row["MFSKUID"] for row in stock}), end - timedelta(days=30), end)
        print(f"movements {sum(1 for _ in found)} in 30 days")
        return 0 if len(placed) == len(sku_ids) else 1


def an_order(reference: str, sku_id: str, service: str) -> dict[str, Any]:
    return {
        "referenceNumber": reference,
        "orderPlatform": "OTHERS",
        "serviceRegion": REGION,
        "shippingServiceCode": service,
        "consigneeName": "Zoë Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCity": "Brighton",
        "consigneeCountryCode": "GB",
        "consigneeZipCode": "BN2 5ES",
        "productList": [{"MFSKUID": sku_id, "SKUQuantity": 1}],
    }


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:] or ["OC0000250380015", "OC0000250380015"]))
    except (Refused, Unclear) as error:
        sys.exit(f"{type(error).__name__}: {error}")
