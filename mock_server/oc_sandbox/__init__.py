"""A sandbox of OrangeConnex's eBay fulfillment openAPI and of Mercozy's stock movements, in process or as a server."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sandbox import Sandbox

__version__ = "0.1.0"
__all__ = ["Sandbox", "__version__"]


def __getattr__(name: str) -> Any:
    # Late, because the pytest plugin imports this package in every run of pytest, used or not.
    if name == "Sandbox":
        from .sandbox import Sandbox  # noqa: PLC0415

        return Sandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
