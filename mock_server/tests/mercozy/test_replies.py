"""Every success reply fits the response schema of its contract file."""

import jsonschema_rs
import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.formats import CHECKS
from oc_sandbox.samples import call_of, sample

EXCHANGES = [
    pytest.param(operation, name, id=f"{operation.name}-{name}")
    for operation in catalog().operations.values()
    if operation.api.name == "mercozy"
    for name, exchange in operation.fixture["exchanges"].items()
    if exchange.get("status", 200) < 300 and exchange.get("given", {}).get("auth") != "open"
]


@pytest.mark.parametrize(("operation", "name"), EXCHANGES)
def test_a_reply_fits_its_contract(sandbox: Sandbox, operation: Operation, name: str) -> None:
    reply = sandbox.send(call_of(operation, sample(operation, sandbox.tenant, name)))
    assert reply.status == operation.success_status
    validator = jsonschema_rs.validator_for(operation.response, formats=dict(CHECKS), validate_formats=True)
    assert [error.message for error in validator.iter_errors(orjson.loads(reply.body))] == []
