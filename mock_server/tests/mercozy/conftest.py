"""A shop to call: the demo world of a fresh tenant, with its key."""

from datetime import datetime, timezone

import pytest
from oc_sandbox import Sandbox
from shops import Shop


@pytest.fixture
def shop() -> Shop:
    """On a clock that stands still at the time of the documented examples."""
    return Shop(Sandbox(clock="manual", now=datetime(2025, 12, 15, 10, 30, tzinfo=timezone.utc)))
