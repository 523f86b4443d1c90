"""What tests are made of, beside the pytest fixtures: a fresh tenant for each example of Hypothesis.

Light, because every run of pytest loads it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run import fresh_sandbox
    from .stateful import SandboxMachine

__all__ = ["SandboxMachine", "fresh_sandbox"]


def __getattr__(name: str) -> Any:
    # Late: Hypothesis may not be there.
    if name == "SandboxMachine":
        from .stateful import SandboxMachine  # noqa: PLC0415

        return SandboxMachine
    if name == "fresh_sandbox":
        from .run import fresh_sandbox  # noqa: PLC0415

        return fresh_sandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
