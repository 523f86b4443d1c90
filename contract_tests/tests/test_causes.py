"""Errors by their real cause: a server that takes a wrong name, or the same request twice, is told."""

from typing import Any

import orjson
import pytest
from oc_contract.causes import of_causes
from oc_contract.running import run_operation
from oc_contract.scenes import Scene, things
from oc_contract.targets import Answer, InProcess, Request
from oc_sandbox import paths
from oc_sandbox.catalog import catalog


class Obliging(InProcess):
    """The fake, which takes every order, wrong or not, for the one that it took first."""

    first: Answer | None = None

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if request.operation != "place_outbound_order":
            return answer
        self.first = self.first or answer
        return self.first


def problems(target: InProcess, operation: str) -> list[str]:
    found = catalog().operations[operation]
    scene = Scene(target)
    scene.ask_draft(scene.draft(found))
    return [each.case.name for each in run_operation(Scene(target), found, of_causes(found)) if each.problem]


def test_a_server_that_takes_any_name_and_any_repetition_is_told() -> None:
    assert problems(Obliging(), "place_outbound_order") == [
        "data.serviceRegion is nobody's",
        "data.shippingServiceCode is nobody's",
        "data.productList.MFSKUID is nobody's",
        "the same again",
    ]


class Vague(InProcess):
    """The fake, which does not tell which order it does not know."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        return answer._replace(body=answer.body.replace(b"OCT-NOBODYS", b""))


def test_a_refusal_that_does_not_name_what_nobody_has_is_told() -> None:
    assert problems(Vague(), "outbound_order_cancellation") == ["data.orderNumber is nobody's"]


@pytest.mark.parametrize("api", sorted(catalog().apis))
def test_every_error_that_a_cause_names_is_one_of_the_operation(api: str) -> None:
    for name, row in things(api)["operations"].items():
        errors = {*row.get("unknown", {}).values(), *(each["error"] for each in row.get("wrong", ()))}
        errors |= {row["again"]} if "again" in row else set()
        assert errors <= catalog().operations[name].errors.keys(), name


@pytest.mark.parametrize("api", sorted(catalog().apis))
def test_what_requests_name_keeps_to_its_meta_schema(api: str) -> None:
    jsonschema: Any = pytest.importorskip("jsonschema")
    schema = orjson.loads((paths.SCHEMAS / "meta" / "things.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(orjson.loads((paths.SCHEMAS / api / "things.json").read_bytes()))
