"""However fast time passes, a call happens at one instant, and after all that was due by then."""

import pytest
from calls import an_order, answer, the_world
from oc_sandbox import Sandbox
from oc_sandbox.domain.clock import Clock
from oc_sandbox.tenancy import Tenants

SKU, REGION = "OC0000250380015", "UK"
MINUTE_MS = 60_000


# Signed and sent are two looks at the clock; no token lasts that long here.
NO_TOKEN = {"access_token": ""}


class Hurrying:
    """A machine clock on which some minutes pass between any two looks at it."""

    def __init__(self, step_ms: int) -> None:
        self.ms, self.step_ms = 1_800_000_000_000, step_ms

    def __call__(self) -> int:
        self.ms += self.step_ms
        return self.ms


@pytest.fixture(params=[1, 7, 61, 601], ids="{} minutes a look".format)
def hurried(request: pytest.FixtureRequest) -> Sandbox:
    """A sandbox in which time flies."""
    tenants = Tenants(auth="open")
    tenants.default = tenants.create(clock=Clock("real", wall=Hurrying(request.param * MINUTE_MS)))
    sandbox = Sandbox(auth="open")
    sandbox._tenants, sandbox.tenant = tenants, tenants.default
    return sandbox


def test_movements_stand_in_the_order_of_time(hurried: Sandbox) -> None:
    for serial in range(60):
        answer(hurried, "place_outbound_order", {"data": [an_order()]}, **NO_TOKEN)
        hurried.set_stock(SKU, REGION, available=500 + serial)
    movements = list(the_world(hurried).ledger.shelf(SKU, REGION).between(0, 2**40))
    assert len(movements) > 100
    assert [movement.at_s for movement in movements] == sorted(movement.at_s for movement in movements)


def test_all_times_of_one_call_are_the_same(hurried: Sandbox) -> None:
    placed = answer(hurried, "place_outbound_order", {"data": [an_order(), an_order()]}, **NO_TOKEN)
    orders = the_world(hurried).outbound
    seen = {orders[row["orderNumber"]].created_at_s for row in placed["data"]}
    assert seen == {next(hurried.journal.since()).at_ms // 1000}


def test_time_passes_again_after_a_call() -> None:
    sandbox = Sandbox(clock="accelerated", rate=1e6)
    answer(sandbox, "get_stock_movement", {"data": {}})
    before = sandbox.tenant.clock.now_ms()
    while sandbox.tenant.clock.now_ms() == before:
        pass


def test_a_clock_that_is_held_can_be_moved() -> None:
    clock = Clock("manual")
    clock.hold()
    before = clock.now_ms()
    clock.advance(60)
    assert clock.now_ms() == before + MINUTE_MS
