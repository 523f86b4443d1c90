"""A base for Hypothesis's state machines: every run of the machine has a fresh tenant."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from .run import fresh_sandbox


class SandboxMachine(RuleBasedStateMachine):
    """`self.sandbox` is a fresh tenant in every run; `oc` are its settings, those of the marker."""

    oc: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def __init__(self) -> None:
        super().__init__()
        self._open = fresh_sandbox(**self.oc)
        self.sandbox = self._open.__enter__()

    def teardown(self) -> None:
        """Done with the run; whoever overrides it calls it."""
        self._open.__exit__(None, None, None)
        super().teardown()
