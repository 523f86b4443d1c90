"""What a tenant takes for true where nobody knows how the vendor does."""

from typing import Any

from ...control.views import assumptions_view, observed_view
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way, nothing


def get_assumptions(tenant: Tenant, asked: Asked) -> Any:
    """The open questions about the vendors, the answers there are, those taken for true, and what was seen since."""
    return {"assumptions": assumptions_view(tenant), "observed": observed_view(tenant)}


def put_assumptions(tenant: Tenant, asked: Asked) -> Any:
    """Take answers for true: {"batch_outcome": "atomic", …}; questions that are not named keep theirs."""
    tenant.choices.take(answers_of(asked.body))
    return {"assumptions": assumptions_view(tenant)}


def reset_assumptions(tenant: Tenant, asked: Asked) -> Any:
    """Take the default answers for true."""
    tenant.choices.reset()
    return nothing()


def answers_of(value: Any) -> dict[str, str]:
    """The answers that a JSON value gives. Errors: Problem."""
    if not isinstance(value, dict) or not all(isinstance(answer, str) for answer in value.values()):
        raise Problem(400, 'assumptions are a JSON object of names and answers: {"batch_outcome": "atomic"}')
    return value


WAYS = (
    Way("GET", f"{ONE_TENANT}/assumptions", get_assumptions),
    Way("PUT", f"{ONE_TENANT}/assumptions", put_assumptions),
    Way("DELETE", f"{ONE_TENANT}/assumptions", reset_assumptions),
)
