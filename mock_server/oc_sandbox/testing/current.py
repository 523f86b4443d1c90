"""Which test is running, for whoever makes a sandbox without a fixture. Light, because every run of pytest loads it."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

CURRENT: ContextVar[Callable[[], Any] | None] = ContextVar("oc_sandbox_current", default=None)
"""Gives the `SandboxesOfTest` of the test that runs, or of the wider fixture that is set up; None outside of tests."""
