"""Mercozy: a shop with two warehouses, from the first delivery to the stock-take, and a sync that reads too fast."""

from typing import Any

ONE = {"IN": 1, "OUT": -1, "ADJUSTMENT": 1, "TRANSFER_OUT": -1, "TRANSFER_IN": 1}


def told(reply: Any, status: int = 200) -> Any:
    """What stands under data."""
    assert reply.status_code == status, reply.text
    return reply.json()["data"]


def all_pages(erp: Any, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, read three at a time."""
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        reply = erp.mercozy("GET", path, page=page, limit=3, **query)
        got = told(reply)
        rows += got
        if not got:
            assert len(rows) == reply.json()["meta"]["total"]
            return rows
        page += 1


def figures(erp: Any, product: str) -> dict[str, int]:
    """Pieces by warehouse, once every endpoint was found to tell the same."""
    shelves = {row["warehouseId"]: row for row in all_pages(erp, "/inventory") if row["productId"] == product}
    by_warehouse = {name: row["quantity"] for name, row in shelves.items()}
    assert all(row["availableQuantity"] == row["quantity"] for row in shelves.values())
    moved = dict.fromkeys(by_warehouse, 0)
    for row in all_pages(erp, "/stock-movements", productId=product):
        moved[row["warehouseId"]] += ONE[row["movementType"]] * row["quantity"]
    assert moved == by_warehouse
    total = sum(by_warehouse.values())
    assert told(erp.mercozy("GET", f"/inventory/{product}"))["quantity"] == total
    assert told(erp.mercozy("GET", f"/products/{product}"))["stockTotal"] == total
    (listed,) = [row for row in all_pages(erp, "/products") if row["id"] == product]
    assert listed["stockTotal"] == total
    return by_warehouse


def test_a_product_is_delivered_sold_moved_counted_and_withdrawn(erp: Any) -> None:
    jug = told(erp.mercozy("POST", "/products", {"sku": "JUG-1", "name": "Enamel jug", "unitPrice": 1999}), 201)["id"]
    outlet = {"name": "Outlet", "warehouse_id": "wh_outlet"}
    assert erp.http.post(f"{erp.plane}/mercozy_warehouses", json=outlet).status_code == 201
    scanner = erp.http.post(f"{erp.plane}/mercozy_keys", json={"scopes": ["stock_movements:write"]}).json()["api_key"]

    def move(kind: str, quantity: int, warehouse: str, reference: str) -> Any:
        row = {"productId": jug, "warehouseId": warehouse, "quantity": quantity, "movementType": kind}
        return erp.mercozy("POST", "/stock-movements", row | {"reference": reference}, key=scanner)

    # The lorry brings two pallets; the scanner at the gate may report them, and may look at nothing.
    for pallet in (1, 2):
        told(move("IN", 50, "wh_main", f"PO-77/{pallet}"), 201)
    assert erp.mercozy("GET", "/inventory", key=scanner).status_code == 403
    assert figures(erp, jug) == {"wh_main": 100}

    # Next day: a big order, one that is too big, and a box for the outlet, which drives over night.
    erp.advance(days=1)
    told(move("OUT", 60, "wh_main", "SO-1"), 201)
    short = move("OUT", 41, "wh_main", "SO-2")
    assert (short.status_code, short.json()["error"]) == (409, "Conflict")
    told(move("TRANSFER_OUT", 25, "wh_main", "TR-1"), 201)
    assert figures(erp, jug) == {"wh_main": 15}
    erp.advance(hours=14)
    told(move("TRANSFER_IN", 25, "wh_outlet", "TR-1"), 201)
    assert figures(erp, jug) == {"wh_main": 15, "wh_outlet": 25}

    # The stock-take finds two more; the purchaser wants to be warned below 20 in a warehouse.
    told(move("ADJUSTMENT", 2, "wh_main", "COUNT-1"), 201)
    erp.http.put(f"{erp.plane}/mercozy_products/{jug}", json={"low_stock_threshold": 20}).raise_for_status()
    low = [row for row in all_pages(erp, "/inventory", lowStock="true") if row["productId"] == jug]
    assert [(row["warehouseId"], row["quantity"]) for row in low] == [("wh_main", 17)]
    second_day = all_pages(erp, "/stock-movements", productId=jug, **{"from": "2026-11-24", "to": "2026-11-24"})
    assert [row["reference"] for row in second_day] == ["COUNT-1", "TR-1", "TR-1", "SO-1"]

    # It is withdrawn by mistake and brought back: nothing was lost, and no movement slipped in between.
    told(erp.mercozy("DELETE", f"/products/{jug}"))
    assert move("OUT", 1, "wh_main", "SO-3").status_code == 404
    assert erp.mercozy("GET", f"/inventory/{jug}").status_code == 404
    erp.advance(days=29)
    erp.http.put(f"{erp.plane}/mercozy_products/{jug}", json={"deleted": False}).raise_for_status()
    told(erp.mercozy("PUT", f"/products/{jug}", {"name": "Enamel jug, 1.5 l"}))
    assert figures(erp, jug) == {"wh_main": 17, "wh_outlet": 25}
    names = {row["productName"] for row in all_pages(erp, "/stock-movements", productId=jug)}
    assert names == {"Enamel jug, 1.5 l"}


def test_a_nightly_sync_reads_too_fast_waits_and_goes_on(erp: Any) -> None:
    before = figures(erp, "prod_demo01")
    erp.http.put(f"{erp.plane}/mercozy_plan", json={"plan": "pro"}).raise_for_status()
    read, waits = 0, 0
    while read < 700:
        reply = erp.mercozy("GET", "/inventory/prod_demo01")
        if reply.status_code == 429:
            assert reply.json()["statusCode"] == 429
            erp.advance(seconds=60)
            waits += 1
        else:
            assert told(reply)["quantity"] == sum(before.values())
            read += 1
    assert waits == 2
    erp.advance(minutes=1)
    assert figures(erp, "prod_demo01") == before
