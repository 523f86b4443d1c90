"""All domains in one machine: orders, returns, services and fees of the same pieces, while tokens come and go."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from .finance import Finance
from .inbound import Inbound
from .machine import Checks, Machine
from .mercozy import Mercozy
from .oauth import Oauth
from .outbound import Outbound
from .pricing import Pricing
from .returns import Returns
from .sku import Sku
from .stock import Stock
from .vas import Vas

PARTS: tuple[type[Machine], ...] = (Outbound, Inbound, Stock, Sku, Pricing, Vas, Returns, Finance, Oauth, Mercozy)


class Everything(Outbound, Inbound, Stock, Sku, Pricing, Vas, Returns, Finance, Oauth, Mercozy):
    """Random use of both APIs at once."""

    final: ClassVar[Checks] = tuple(dict.fromkeys(check for part in PARTS for check in part.final))

    def walk(self) -> None:
        """Nothing: each domain has walked its own way."""


MACHINES: tuple[type[Machine], ...] = (*PARTS, Everything)
DOMAINS: Mapping[str, type[Machine]] = MappingProxyType({machine.__name__.lower(): machine for machine in MACHINES})
"""The machines by name, the one over all last."""
