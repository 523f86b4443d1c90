"""Stock as the control plane changes it."""

from oc_sandbox import Sandbox

LAMP = "OC0000250380015"


def test_a_quantity_that_is_there_already_writes_no_movement() -> None:
    sandbox = Sandbox()
    shelf = next(sandbox.tenant.accounts["orangeconnex"].worlds()).ledger.shelf(LAMP, "UK")
    sandbox.set_stock(LAMP, "UK", available=7)
    written = len(shelf)
    sandbox.set_stock(LAMP, "UK", available=7)
    assert len(shelf) == written
    sandbox.set_stock(LAMP, "UK", available=8)
    assert len(shelf) == written + 1
