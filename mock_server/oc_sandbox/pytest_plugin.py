"""The pytest fixtures. Loaded in every run of pytest, used or not, so everything heavy is imported late."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox


@pytest.fixture
def oc_sandbox() -> "Sandbox":
    """A fresh tenant with the demo world, in process. Function-scoped: Hypothesis examples of one test share it."""
    from .sandbox import Sandbox  # noqa: PLC0415 - see the module's first line

    return Sandbox()
