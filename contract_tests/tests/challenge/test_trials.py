"""The plan of a challenge."""

import pytest
from oc_contract.challenge.trials import GRADES, Plan, Trial, Wishes
from oc_sandbox.catalog import catalog
from oc_sandbox.fault_checks import faults_of

SHORT = ("OC0000250380015", "UK", 3)


def plan(*operations: str, calls: int = 1, **wishes: object) -> list[Trial]:
    return Plan(catalog(), dict.fromkeys(operations, calls), Wishes(**wishes)).trials()  # type: ignore[arg-type]


@pytest.mark.parametrize("operation", catalog().operations)
def test_each_operation_has_trials_that_the_sandbox_takes(operation: str) -> None:
    trials = plan(operation, everything=True)
    assert trials
    assert len({trial.name for trial in trials}) == len(trials)
    for trial in trials:
        faults_of(trial.faults)
        assert trial.grade in GRADES
        assert trial.says
        assert {fault["operation"] for fault in trial.faults} <= {operation}


@pytest.mark.parametrize("operation", catalog().operations)
def test_with_all_wanted_every_declared_error_of_an_operation_is_tried(operation: str) -> None:
    tried = {fault["error"] for trial in plan(operation, everything=True) for fault in trial.faults if "error" in fault}
    windows = {"window_too_wide", "start_too_old", "end_before_start"}
    own = {*catalog().operations[operation].document.get("errors", {})}
    assert own <= tried
    assert {*catalog().operations[operation].errors} - tried <= windows | {
        "token_missing",
        "token_invalid",
        "token_expired",
    }


def test_no_call_fails_that_the_client_does_not_make() -> None:
    for trial in plan("place_outbound_order", calls=3):
        for fault in trial.faults:
            assert 1 <= fault.get("nth", 1) <= 3


def test_the_seed_draws_which_call_fails() -> None:
    drawn = [plan("get_stock_movement", calls=50, seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_orders_are_made_short_of_stock_only_where_orders_are_placed() -> None:
    names = {trial.name for trial in plan("place_outbound_order", short_of=SHORT)}
    assert {"place_outbound_order:one_order_short_of_stock", "assumption:batch_outcome=atomic"} <= names
    assert not any("short_of_stock" in trial.name for trial in plan("stock_snapshot_v2"))


def test_a_read_that_is_lost_after_its_effect_is_no_trial_of_its_own() -> None:
    assert "stock_snapshot_v2:dropped_done" not in {trial.name for trial in plan("stock_snapshot_v2")}


def test_each_other_answer_to_each_question_about_the_operations_used_is_tried() -> None:
    book = catalog()
    found = {trial.name for trial in plan(*book.operations) if trial.name.startswith("assumption:")}
    wanted = {
        f"assumption:{question.name}={answer}"
        for question in book.questions.values()
        for answer in question.answers
        if answer != question.default
    }
    assert found == wanted


def test_an_answer_comes_with_what_makes_it_matter() -> None:
    (trial,) = [each for each in plan("place_outbound_order") if each.name.endswith("repeated_reference=new_order")]
    assert trial.assumptions == {"repeated_reference": "new_order"}
    assert trial.faults[0]["drop"] == "after_effect"
    assert trial.grade == "assumed"


def test_only_those_that_are_named_are_made() -> None:
    assert [trial.name for trial in plan("place_outbound_order", only=["*:dropped"])] == [
        "place_outbound_order:dropped"
    ]


def test_webhooks_come_twice_late_and_in_another_order_where_there_is_a_receiver() -> None:
    hooks = [trial for trial in plan("place_outbound_order", webhooks=True) if "webhook" in trial.name]
    assert {trial.faults[0]["webhook"] for trial in hooks} == {"twice", "late", "out_of_order"}
