"""All write operations of OrangeConnex, the clock and the warehouse's own doings, in random order, by two sellers.

Every answer is held against books that know nothing of the sandbox's insides, and so is, after every step, everything
that can be asked. `pytest --hypothesis-show-statistics` shows which rules fire, and how their calls end.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from machine.base import PACES_S
from machine.comebacks import Comebacks
from machine.figures import Figures
from machine.goods import Goods
from machine.keys import Keys
from machine.orders import Orders
from machine.prices import Prices
from machine.questions import Questions
from oc_sandbox.catalog import catalog

DOINGS: Mapping[Callable[[Any, Random], None], int] = {
    Orders.place_orders_to_ship: 6,
    Orders.place_orders_under_own_labels: 2,
    Orders.cancel_an_order: 3,
    Orders.let_an_order_go_wrong: 1,
    Orders.have_something_done: 2,
    Orders.stop_what_is_done: 2,
    Goods.create_skus: 2,
    Goods.set_ef_service_up: 2,
    Goods.announce_goods: 3,
    Goods.tell_of_parcels: 2,
    Goods.send_customs_files: 2,
    Goods.count_the_shelf: 3,
    Goods.let_much_time_pass: 1,
    Comebacks.take_something_back: 3,
    Comebacks.cancel_or_track_a_return: 2,
    Comebacks.say_what_pieces_are: 2,
    Keys.approve_at_once: 1,
    Keys.log_in_and_decide: 2,
    Keys.exchange_a_code: 2,
    Keys.refresh_a_token: 2,
    Keys.use_a_token: 1,
    Prices.ask_for_an_estimate: 2,
    Prices.fetch_an_estimate: 2,
    Prices.compare_a_fee_with_the_estimate: 1,
}
"""What can be done, and how often it is."""
QUESTIONS: tuple[Callable[[Any, Random], None], ...] = (
    Questions.ask_for_what_goes_out_and_comes_back,
    Questions.ask_for_what_comes_in,
    Questions.ask_for_papers,
    Figures.ask_for_skus_and_stock,
    Figures.ask_for_movements_and_fees,
)


class Warehouse(Orders, Goods, Comebacks, Keys, Prices, Figures):
    """Days in a warehouse."""

    # One rule, and real randomness inside: with a rule for each doing, or with choices of Hypothesis's own, too few
    # runs come to anything, for most doings need several others before them.
    @rule(dice=st.randoms(use_true_random=True))
    def some_hours_pass(self, dice: Random) -> None:
        question, pace_s = dice.choice(QUESTIONS), dice.choice(PACES_S)
        self.say(question.__name__)
        question(self, dice)
        for doing in dice.choices(list(DOINGS), list(DOINGS.values()), k=3):
            seconds = dice.choice(pace_s)
            self.say(f"{seconds} s later: {doing.__name__}")
            self.wait(seconds)
            doing(self, dice)


def test_days_in_a_warehouse() -> None:
    run_state_machine_as_test(Warehouse, settings=settings(max_examples=20, stateful_step_count=18, deadline=None))


def test_every_write_operation_is_called_and_succeeds() -> None:
    done: set[str] = set()
    for serial in range(6):
        warehouse = Warehouse()
        warehouse.open_the_warehouse("empty" if serial % 2 else "demo")
        seen, dice = 0, Random(serial)
        for _ in range(30):
            warehouse.everything_agrees()
            warehouse.some_hours_pass(dice)
            for entry in warehouse.sandbox.journal.since(seen):
                seen = entry.id
                done |= {entry.operation} if entry.operation and entry.outcome != "refused" else set()
    operations = (each for each in catalog().operations.values() if each.api.name == "orangeconnex")
    writes = {each.name for each in operations if each.writes}
    assert writes
    assert writes - done == set(), "nothing that is done comes to calling these with success"


OTHER_ANSWERS = (
    {"batch_outcome": "atomic"},
    {"repeated_reference": "new_order"},
    {"repeated_reference": "same_number", "batch_outcome": "atomic"},
    {"second_cancellation": "accepted"},
    {"working_hours": "kept"},
)
VARIANTS = {
    "+".join(answers.values()): type("Warehouse", (Warehouse,), {"assumptions": answers}) for answers in OTHER_ANSWERS
}


@pytest.mark.parametrize("machine", [pytest.param(machine, id=name) for name, machine in VARIANTS.items()])
def test_the_same_holds_where_something_else_is_taken_for_true(machine: type[Warehouse]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=5, stateful_step_count=15, deadline=None))
