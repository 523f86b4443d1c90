"""Where the suite runs, by the environment.

OC_TARGET (a URL; without it the fake in process), OC_PROFILE (ci), OC_OPERATIONS (names or patterns, by commas),
OC_SEED, OC_ALLOW_WRITES=1, OC_MAX_REQUESTS, OC_RATE (calls a second), OC_TIMEOUT (seconds), OC_PRODUCTION_SWITCH (what
`--production-host` is to the command); at a server that is no sandbox the
credentials that `oc-sandbox verify --help` names. With xdist each worker has budget and rate for itself.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from oc_sandbox.catalog import catalog
from oc_sandbox.pytest_plugin import COUNTED

from oc_contract.cli import chosen_operations, quiet_sandbox
from oc_contract.interruptions import sigterm_interrupts
from oc_contract.parts import CASES, Job, cases_in, left_out
from oc_contract.plans import PROFILES
from oc_contract.redaction import Redactor
from oc_contract.reports.counts import STILL_THERE
from oc_contract.scenes import Scene
from oc_contract.stages import Refusal
from oc_contract.targets import TIMEOUT_S, Unreachable
from oc_contract.worlds import Place, Runners, Wishes, place

COULD_NOT_RUN = 3


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case of each operation, and for each unit of the profile's other parts."""
    if not {"case", "unit"} & set(metafunc.fixturenames):
        return
    profile = os.environ.get("OC_PROFILE", "ci")
    if profile not in PROFILES:
        raise pytest.UsageError(f"OC_PROFILE must be one of {', '.join(PROFILES)}, not {profile!r}")
    names = [name.strip() for name in os.environ.get("OC_OPERATIONS", "").split(",") if name.strip()]
    try:
        operations = chosen_operations(names)
    except Refusal as refusal:
        raise pytest.UsageError(f"OC_OPERATIONS: {refusal}") from refusal
    if "unit" in metafunc.fixturenames:
        job = Job(operations, _no_scene, strict=True, seed=0, profile=profile, narrowed=bool(names))
        units = [(part, unit) for part, _ in PROFILES[profile].shares if part is not CASES for unit in part.units(job)]
        metafunc.parametrize(("part", "unit"), units, ids=[f"{part.name}-{unit}" for part, unit in units])
        return
    pairs = [(one, case) for one in operations if not left_out(one) for case in cases_in(profile, one)]
    metafunc.parametrize(("operation", "case"), pairs, ids=[f"{one.name}-{case.name}" for one, case in pairs])


@pytest.fixture(scope="session")
def oc_place(pytestconfig: pytest.Config) -> Iterator[Place]:
    """The target. Where there is none, the run ends with exit code 3."""
    try:
        found = _place()
    except (Refusal, Unreachable, ValueError) as error:
        pytest.exit(str(error), COULD_NOT_RUN)
    with quiet_sandbox(), sigterm_interrupts():
        yield found
        left_behind = found.world.clean_up()
        # The plugin tells it at the end, also where this is a worker of xdist.
        pytestconfig.stash[COUNTED].setdefault(STILL_THERE, Counter()).update(left_behind)
    found.world.close()


@pytest.fixture(scope="session")
def oc_runners(oc_place: Place) -> Runners:
    """What runs the cases of each operation."""
    return Runners(oc_place.world)


@pytest.fixture(scope="session")
def oc_redactor(oc_place: Place) -> Redactor:
    """What keeps secrets out of the tests' output."""
    return Redactor(own_world=oc_place.world.own, secrets=oc_place.world.secrets)


@pytest.fixture
def oc_job(oc_place: Place) -> Job:
    """What a part is given to do. OC_SEED repeats what is drawn at random; another time, other things are."""
    world, seed = oc_place.world, os.environ.get("OC_SEED", "")
    operations = tuple(each for each in catalog().operations.values() if each.name not in oc_place.excluded)
    return Job(
        world.as_there(operations),
        world.scene,
        strict=world.own,
        seed=int(seed) if seed else random.SystemRandom().randrange(10**6),
        profile=os.environ.get("OC_PROFILE", "ci"),
        answers=world.answers,
    )


def _no_scene() -> Scene:
    raise RuntimeError("tests are only counted here")


def _place() -> Place:
    read = os.environ.get
    names = [name.strip() for name in read("OC_OPERATIONS", "").split(",") if name.strip()]
    wishes = Wishes(
        allow_writes=read("OC_ALLOW_WRITES", "") == "1",
        production_host=read("OC_PRODUCTION_SWITCH", ""),
        most=int(read("OC_MAX_REQUESTS", "")) if read("OC_MAX_REQUESTS") else None,
        per_second=float(read("OC_RATE", "")) if read("OC_RATE") else None,
        timeout_s=float(read("OC_TIMEOUT", TIMEOUT_S)),
    )
    return place(read("OC_TARGET"), chosen_operations(names), wishes, os.environ)
