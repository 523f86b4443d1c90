"""The sandbox in process: one fresh tenant, and everything that a test wants to do with it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .call import NO_HOST, Call, Reply
from .catalog import catalog
from .control import stock
from .control.mercozy import BackOffice
from .control.views import tenant_view
from .dispatch import dispatch
from .domain.clock import Clock, Mode
from .domain.world import Happened
from .journal import Journal
from .samples import Sample, sample
from .tenancy import Tenant, Tenants

if TYPE_CHECKING:
    import httpx
    import httpx2

BASE_URL = f"http://{NO_HOST}"
"""What in-process URLs start with."""


class Sandbox:
    """A fresh tenant in process. Point a client's transport at it, or call `send`.

    auth: strict, or open (a call may leave out signature and token). signing: either, stage (the signed text has an
    empty body part) or production (the raw body). seed: demo, or empty. clock: real, frozen, accelerated or manual;
    `now` sets where it starts. Errors: UnknownSetting.
    """

    def __init__(
        self,
        *,
        auth: str = "strict",
        signing: str = "either",
        seed: str = "demo",
        clock: Mode = "real",
        now: datetime | None = None,
        rate: float = 60.0,
        client_key: str | None = None,
        secret_key: str | None = None,
    ) -> None:
        self._tenants = Tenants(auth=auth, signing=signing, seed=seed)
        self.tenant: Tenant = self._tenants.create(
            client_key=client_key, secret_key=secret_key, clock=Clock(clock, now=now, rate=rate)
        )
        self._tenants.default = self.tenant

    @property
    def client_key(self) -> str:
        """The clientKey header's value."""
        return self.tenant.client_key

    @property
    def secret_key(self) -> str:
        """What signatures are made with; never sent."""
        return self.tenant.secret_key

    @property
    def access_token(self) -> str:
        """An access token of the first seller that is good for at least another minute."""
        return str(self.describe()["access_token"])

    @property
    def refresh_token(self) -> str:
        """A refresh token of the first seller."""
        return str(self.describe()["refresh_token"])

    @property
    def base_url(self) -> str:
        """What stands before /3pp/... in a business call."""
        return f"{BASE_URL}/openapi"

    @property
    def oauth_url(self) -> str:
        """What stands before /oauth/... in a token call."""
        return BASE_URL

    @property
    def mercozy_url(self) -> str:
        """What stands before /stock-movements and its like."""
        return f"{BASE_URL}/api/v1/external"

    @property
    def mercozy_api_key(self) -> str:
        """The X-API-Key header's value."""
        return str(self.describe()["mercozy_api_key"])

    @property
    def mercozy(self) -> BackOffice:
        """What no endpoint of Mercozy's does: further keys, as in `sandbox.mercozy.new_key(["inventory:read"])`."""
        return BackOffice(self._tenants, self.tenant)

    @property
    def journal(self) -> Journal:
        """Every call so far, oldest first."""
        return self.tenant.journal

    def describe(self) -> dict[str, Any]:
        """Keys, tokens, sellers and URLs, as the control plane gives them."""
        return tenant_view(self.tenant, BASE_URL)

    def send(self, call: Call) -> Reply:
        """Answer one call, without any HTTP library."""
        return dispatch(call, self._tenants)

    def sample(self, operation: str, exchange: str | None = None) -> Sample:
        """A signed sample request of an operation. Errors: KeyError, if there is no such operation or exchange."""
        return sample(catalog().operations[operation], self.tenant, exchange)

    def now(self) -> datetime:
        """The world's time."""
        return self.tenant.clock.now()

    def advance(self, **duration: float) -> list[Happened]:
        """Move the clock, as in `advance(days=2, hours=3)`, and let everything happen that is then due."""
        return self.tenant.advance(timedelta(**duration).total_seconds())

    def stock(self, mf_sku_id: str | None = None, service_region: str | None = None) -> list[dict[str, Any]]:
        """The first seller's stock, of one SKU or region or all: a row for each, with the pieces in each bucket."""
        self.tenant.settle()
        return [
            row
            for row in stock.rows(_first_world(self.tenant))
            if mf_sku_id in (None, row["mf_sku_id"]) and service_region in (None, row["service_region"])
        ]

    def set_stock(self, mf_sku_id: str, service_region: str, **quantities: int) -> None:
        """Adjust buckets (available, on_hold, suspended, …) to quantities, by movements. Errors: BadStock."""
        row = {"mf_sku_id": mf_sku_id, "service_region": service_region, **quantities}
        with self.tenant.one_instant():
            stock.adjust(_first_world(self.tenant), [row])

    def httpx_transport(self) -> "httpx.BaseTransport":
        """A transport for httpx.Client; whatever the host, calls end here. Needs httpx."""
        from .adapters.httpx_transport import SandboxTransport  # noqa: PLC0415 - an optional dependency

        return SandboxTransport(self.send)

    def async_httpx_transport(self) -> "httpx.AsyncBaseTransport":
        """The same for httpx.AsyncClient."""
        from .adapters.httpx_transport import AsyncSandboxTransport  # noqa: PLC0415 - an optional dependency

        return AsyncSandboxTransport(self.send)

    def httpx2_transport(self) -> "httpx2.BaseTransport":
        """The same for httpx2.Client. Needs httpx2."""
        from .adapters.httpx2_transport import SandboxTransport  # noqa: PLC0415 - an optional dependency

        return SandboxTransport(self.send)

    def async_httpx2_transport(self) -> "httpx2.AsyncBaseTransport":
        """The same for httpx2.AsyncClient."""
        from .adapters.httpx2_transport import AsyncSandboxTransport  # noqa: PLC0415 - an optional dependency

        return AsyncSandboxTransport(self.send)


def _first_world(tenant: Tenant) -> Any:
    return next(tenant.accounts["orangeconnex"].worlds())
