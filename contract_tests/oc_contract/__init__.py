"""The contract kit: checks that speak HTTP only, for the fake and for any server that claims to be one of the APIs."""

from .exchanges import Replay, differences, replay

__all__ = ["Replay", "differences", "replay"]
