"""Random requests: what the schema allows is allowed by the fake, and a server that is stricter is found out."""

from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit_calls import OPERATIONS
from oc_contract.scenes import Scene
from oc_contract.searching import search
from oc_contract.strategies import requests
from oc_contract.targets import Answer, InProcess, Request
from oc_sandbox.catalog import catalog
from oc_sandbox.formats import CHECKS

UNHURRIED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_fake_takes_what_the_schema_allows(operation: Any) -> None:
    assert list(search(Scene(InProcess()), operation, examples=15)) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_what_is_made_fits_the_schema_once_its_keys_are_read(operation: Any) -> None:
    valid = jsonschema_rs.validator_for(operation.request.schema, formats=dict(CHECKS), validate_formats=True)
    made = requests(operation, Scene(InProcess()).draft(operation))

    @settings(max_examples=20, **UNHURRIED)
    @given(made)
    def fits(draft: Any) -> None:
        if operation.parameters == "json" and draft.body is not None:
            assert valid.is_valid(operation.request.read(orjson.loads(orjson.dumps(draft.body)))[0])

    fits()


def test_every_field_that_is_the_callers_comes_to_be_changed() -> None:
    operation = catalog().operations["place_outbound_order"]
    good = Scene(InProcess()).draft(operation)
    changed: set[str] = set()

    @settings(max_examples=300, database=None, **UNHURRIED)
    @given(requests(operation, good))
    def look(draft: Any) -> None:
        rows = {key.lower(): value for key, value in draft.body.items()}["data"]
        before = {key.lower(): value for key, value in good.body["data"][0].items()}
        changed.update(key.lower() for key, value in rows[0].items() if before.get(key.lower()) != value)

    look()
    schema = operation.request.schema["properties"]["data"]["items"]["properties"]
    named = {"referenceNumber", "serviceRegion", "shippingServiceCode", "productList"}
    held = {"orderPlatform", "ebayId", "ebayOrderId"}  # by x-required-if
    assert {name.lower() for name in schema.keys() - named - held} <= changed


class Stricter(InProcess):
    """A server that takes no house number of more than four characters."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if request.operation != "place_outbound_order":
            return answer
        rows = {key.lower(): value for key, value in orjson.loads(request.body).items()}["data"]
        if all(len(value) <= 4 for key, value in rows[0].items() if key.lower() == "housenumber"):
            return answer
        error = {"code": "400004", "message": "houseNumber 字段长度不能超过4!"}
        told = orjson.loads(answer.body)["messageId"]
        refusal = {"code": 3, "errors": [error], "message": "参数错误", "messageId": told}
        return answer._replace(body=orjson.dumps(refusal))


def test_a_stricter_server_is_found_out_and_the_request_is_small() -> None:
    (found,) = search(Scene(Stricter()), catalog().operations["place_outbound_order"], examples=300)
    assert "field_too_long" in found.problem
    row = {key.lower(): value for key, value in orjson.loads(found.request.body)["data"][0].items()}
    assert len(row["housenumber"]) == 5


@given(st.data())
@settings(max_examples=5, **UNHURRIED)
def test_the_same_seed_makes_the_same_requests(data: Any) -> None:
    start = data.draw(st.integers(0, 2**32))
    bodies = []
    for _ in range(2):
        scene = Scene(InProcess(client_key="same"))
        scene.run = "same"
        list(search(scene, catalog().operations["place_vas_order"], examples=3, start=start))
        bodies.append([request.body for request, _ in scene.calls if request.operation == "place_vas_order"])
    assert [len(each) for each in bodies] == [len(bodies[0])] * 2
    assert bodies[0] == bodies[1]
