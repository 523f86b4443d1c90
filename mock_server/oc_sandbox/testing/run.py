"""The sandboxes of a run of tests: how each is made, and which the test at hand has made."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from typing import Any, NamedTuple

from ..assumptions import UnknownAnswer
from ..domain.clock import from_ms, wall_clock_ms
from ..fault_checks import BadFault
from ..formats import parse_iso_instant
from ..remote import NoSandbox, Refusal, RemoteSandbox
from ..sandbox import Sandbox
from ..tenancy import KeyTaken, UnknownSetting
from .current import CURRENT
from .process import server
from .settings import FACTORY, BadSetting, check_names, clock_settings
from .usage import Usage

AnySandbox = Sandbox | RemoteSandbox
GONE = (NoSandbox, Refusal)
"""What reading a journal gives whose server was stopped, or whose tenant removed, while the test ran."""
WRONG = (BadSetting, UnknownSetting, UnknownAnswer, KeyTaken, BadFault, *GONE)
"""What a tenant cannot be made for; each says what was wrong, so that nobody needs to see where it was found."""
KEPT = 3
"""So many of a test's sandboxes are shown when it fails. Of Hypothesis's examples the last is the one that failed.

So many are kept, too, of those that it is done with."""


class Run:
    """A run of tests in one process. `target` is where its sandboxes are, if not here."""

    def __init__(self, target: str | None = None) -> None:
        self.target = target
        self._open = ExitStack()

    @cached_property
    def server_url(self) -> str:
        """Where a sandbox answers on a real port: the target, or a server that is started at first use."""
        return self.target or self._open.enter_context(server())

    def make(self, settings: Mapping[str, Any], *, real_port: bool = False) -> AnySandbox:
        """A fresh tenant with settings as `complete` gives them. Errors: those of Sandbox and of RemoteSandbox."""
        wanted = dict(settings)
        faults, clock = wanted.pop("faults", None), wanted.pop("clock")
        made: AnySandbox
        if self.target or real_port:
            made = RemoteSandbox(self.server_url, clock=clock, **wanted)
        else:
            more = {name: value for name, value in clock.items() if name == "rate"}
            made = Sandbox(clock=clock.get("mode", "real"), now=parse_iso_instant(clock["now"]), **more, **wanted)
        if faults:
            made.put_faults(faults)
        return made

    def close(self) -> None:
        """Stop what was started."""
        self._open.close()


def complete(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings without what says nothing, and with the instant at which the tenant begins. Errors: BadSetting."""
    wanted = {name: value for name, value in settings.items() if value}
    # A token tells the second of its making: it is the same in a tenant made again if not a second passes before it.
    begins = from_ms(wall_clock_ms()).replace(microsecond=0)
    clock = {"now": clock_settings(begins)["now"], **clock_settings(wanted.get("clock", "real"))}
    return {**wanted, "clock": clock}


class Kept(NamedTuple):
    """A sandbox, and what another such tenant is made with: it has the same keys and tokens."""

    sandbox: AnySandbox
    settings: Mapping[str, Any]


class SandboxesOfTest:
    """The sandboxes that one test has made, and what became of them. `settings` are those of its marker and project.

    Or those of a fixture of wider scope: `shared`, they outlive the test at hand.
    """

    def __init__(self, run: Run, settings: Mapping[str, Any], *, shared: bool = False) -> None:
        self._run = run
        self.settings = settings
        self.shared = shared
        self.failed = False
        self._made: list[Kept] = []
        self._done: deque[Kept] = deque()
        self._usage = Usage()

    def make(self, *, real_port: bool = False, **more: Any) -> AnySandbox:
        """A fresh tenant; `more` is stronger than the test's own settings. Errors: as `Run.make`."""
        __tracebackhide__ = True  # what was wrong stands in the line of the test
        try:
            check_names("a sandbox of a test", more, FACTORY)
            assumptions = {**(self.settings.get("assumptions") or {}), **(more.pop("assumptions", None) or {})}
            settings = complete({**self.settings, **more, "assumptions": assumptions})
            made = self._run.make(settings, real_port=real_port)
        except WRONG as error:
            raise error.with_traceback(None) from None
        keys = {"client_key": made.client_key, "secret_key": made.secret_key}
        self._made.append(Kept(made, {**keys, **settings}))
        return made

    def done_with(self, sandbox: AnySandbox) -> None:
        """The test needs it no more: of such only the latest are kept, for their journals; of shared ones none."""
        self._done += [kept for kept in self._made if kept.sandbox is sandbox]
        while len(self._done) > (0 if self.shared else KEPT):
            kept = self._done.popleft()
            with suppress(*GONE):
                self._usage.add(kept.sandbox)
            self._let_go(kept)

    @property
    def kept(self) -> list[Kept]:
        """The latest sandboxes, oldest first."""
        return self._made[-KEPT:]

    def usage(self) -> Usage:
        """What all of the test's sandboxes have been used for."""
        told = self._usage.copy()
        for kept in self._made:
            with suppress(*GONE):
                told.add(kept.sandbox)
        return told

    def close(self) -> None:
        """Done with the test, whose `usage` is not asked for any more."""
        self._done.clear()
        while self._made:
            self._let_go(self._made[0])

    def _let_go(self, kept: Kept) -> None:
        self._made.remove(kept)
        if isinstance(kept.sandbox, RemoteSandbox):
            with suppress(*GONE):
                kept.sandbox.close()


@contextmanager
def fresh_sandbox(*, real_port: bool = False, **settings: Any) -> Iterator[Any]:
    """A fresh tenant for as long as a `with` lasts: in a Hypothesis test one for each example.

    In a test it is what the fixture oc_sandbox gives (with `real_port` what oc_server gives), and so heeds the marker,
    `--oc-target` and pyproject.toml, and stands in the report; in a fixture of wider scope it heeds that scope's marker
    and serves all of its tests; anywhere else it is a Sandbox. The settings are those of the marker, and sellers,
    client_key, secret_key. Errors: BadSetting.
    """
    __tracebackhide__ = True
    current = CURRENT.get()
    if current is not None:
        of_test = current()
        made = of_test.make(real_port=real_port, **settings)
        try:
            yield made
        finally:
            of_test.done_with(made)
        return
    alone = SandboxesOfTest(run := Run(), {})
    try:
        yield alone.make(real_port=real_port, **settings)
    finally:
        alone.close()
        run.close()
