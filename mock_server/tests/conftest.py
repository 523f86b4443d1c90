"""Fixtures that every test of the fake shares."""

import pytest
from oc_sandbox import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    """A fresh tenant with the demo world, on the real clock."""
    return Sandbox()
