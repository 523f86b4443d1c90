"""What a tenant's clients have brought about, whatever operation did it."""

import json

import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call


def called(sandbox: Sandbox, operation: str) -> None:
    """Make an operation's sample call."""
    sample = sandbox.sample(operation)
    method = "DELETE" if operation == "delete_product" else "POST"
    headers = {name.lower(): value for name, value in sample.headers.items()}
    reply = sandbox.send(Call(method, sample.path, headers, sample.body, sample.query))
    assert reply.status < 300, reply.body


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("place_outbound_order", "outbound order"),
        ("place_third_party_label_order", "outbound order"),
        ("place_inbound_order", "inbound order"),
        ("place_vas_order", "VAS order"),
        ("sku_creation_v3", "SKU"),
        ("create_product", "product"),
        ("create_stock_movement", "stock movement"),
    ],
)
def test_a_write_adds_one_row_of_its_kind(operation: str, kind: str) -> None:
    sandbox = Sandbox(clock="frozen")
    before = sandbox.books
    called(sandbox, operation)
    new = [row for row in sandbox.books if row not in before]
    assert [row["kind"] for row in new if row["kind"] != "inbound tracking"] == [kind]
    json.dumps(new)


def test_an_orders_row_is_the_same_however_far_the_warehouse_has_come() -> None:
    sandbox = Sandbox(clock="manual")
    called(sandbox, "place_outbound_order")
    placed = sandbox.books
    sandbox.advance(days=9)
    assert sandbox.books == placed


def test_a_cancelled_order_is_in_the_books_as_cancelled() -> None:
    sandbox = Sandbox(clock="frozen")
    called(sandbox, "place_outbound_order")
    before = [row for row in sandbox.books if row["kind"] == "outbound order"]
    called(sandbox, "outbound_order_cancellation")
    after = [row for row in sandbox.books if row["kind"] == "outbound order"]
    changed = [row for row in after if row not in before]
    assert [row["cancelled"] for row in changed] == [True]


def test_a_read_changes_no_books() -> None:
    sandbox = Sandbox(clock="frozen")
    before = sandbox.books
    called(sandbox, "stock_snapshot_v2")
    assert sandbox.books == before
