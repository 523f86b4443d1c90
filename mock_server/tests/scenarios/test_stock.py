"""Stock: a count by the warehouse, and what every endpoint then says of it."""

from typing import Any

MUG = "OC0000250380015"


def test_a_count_that_finds_pieces_missing(erp: Any) -> None:
    before = erp.stock(MUG, "UK")["available"]
    found = {"mf_sku_id": MUG, "service_region": "UK", "available": before - 3}
    erp.http.put(f"{erp.plane}/stock", json={"stock": [found]}).raise_for_status()

    asked = {"skuList": [{"mfSkuId": MUG}], "serviceRegionList": [{"serviceRegion": "UK"}], "pageNumber": 1}
    (row,) = erp.ask("stock_snapshot_v2", {"data": asked | {"pageSize": 200}, "timestamp": 0})["data"]["SKUList"]
    assert row["available"] == erp.stock(MUG, "UK")["available"] == before - 3

    day = {
        "startTime": "2026-11-23T00:00:00+0800",
        "endTime": "2026-11-23T23:59:59+0800",
        "mfSkuList": [{"mfSkuId": MUG}],
    }
    (mug,) = erp.ask("get_stock_movement", {"data": day, "timestamp": 0})["data"]
    (region,) = [r for r in mug["serviceRegionList"] if r["serviceRegion"] == "UK"]
    (bucket,) = [b for b in region["inventoryList"] if b["inventoryStatus"] == "AVL"]
    (counted,) = bucket["movementList"]
    assert (counted["quantity"], counted["actualCount"]) == (-3, before - 3)
