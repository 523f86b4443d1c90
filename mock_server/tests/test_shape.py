"""The shape of the two packages: nothing grows too long, and imports point one way."""

import ast
from collections.abc import Iterator, Set
from graphlib import TopologicalSorter
from pathlib import Path

import oc_contract
import oc_sandbox
from oc_sandbox.catalog import catalog

LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
SANDBOX, KIT = Path(oc_sandbox.__file__).parent, Path(oc_contract.__file__).parent
MODULES = {
    ".".join((package.name, *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): path
    for package in (SANDBOX, KIT)
    for path in sorted(package.rglob("*.py"))
}

VENDORS = frozenset(api.name for api in catalog().apis.values())
DOORS = ("adapters", "control", "cli", "pytest_plugin", "remote", "sandbox", "server", "testing")
"""Where calls come in. Everything else of the sandbox knows nothing of them."""
OF_HTTP = frozenset({"httpx", "httpx2", "respx", "requests", "starlette", "uvicorn", "httptools", "anyio"})


def floor_of(module: str) -> str:
    """Where a module of the sandbox belongs: domain, a vendor, engine, or one of the DOORS."""
    place = [*module.split("."), ""][1]
    return place if place in {"domain", *VENDORS, *DOORS} else "engine"


def imports(module: str) -> Iterator[str]:
    """What a module imports as it runs, by full names; what is only named in types is left out."""
    for node in running(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = origin(module, node)
            # `from . import tokens` imports a module, `from .tokens import Token` a name in one.
            yield from {full if (full := f"{start}.{name.name}") in MODULES else start for name in node.names}


def running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one, but for the bodies of `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from running(child)


def origin(module: str, node: ast.ImportFrom) -> str:
    """The module that `from … import` names, in full."""
    if not node.level:
        return node.module or ""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    above = package.rsplit(".", node.level - 1)[0]
    return f"{above}.{node.module}" if node.module else above


ARROWS = {module: {*imports(module)} for module in MODULES}


def of_sandbox(*floors: str) -> set[str]:
    """The modules of the sandbox that belong there."""
    return {module for module in MODULES if module.startswith("oc_sandbox.") and floor_of(module) in floors}


def arrows(*floors: str, to: Set[str]) -> set[tuple[str, str]]:
    """Who there imports any of these modules, and which."""
    return {(module, arrow) for module in of_sandbox(*floors) for arrow in ARROWS[module] & to}


def test_no_module_is_longer_than_a_reader_likes() -> None:
    lengths = {module: path.read_text(encoding="utf-8").count("\n") for module, path in MODULES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{module}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_the_domain_knows_of_nothing_but_itself() -> None:
    elsewhere = MODULES.keys() - of_sandbox("domain")
    assert arrows("domain", to=elsewhere) == set()


def test_the_core_knows_of_no_door() -> None:
    assert arrows("domain", "engine", *VENDORS, to=of_sandbox(*DOORS)) == set()


def test_the_core_and_its_control_know_of_no_http_library() -> None:
    found = {
        (module, arrow)
        for module in of_sandbox("domain", "engine", "control", *VENDORS)
        for arrow in ARROWS[module]
        if arrow.partition(".")[0] in OF_HTTP
    }
    assert found == set()


def test_a_vendor_knows_neither_dispatch_nor_another_vendor() -> None:
    for vendor in VENDORS:
        assert arrows(vendor, to={"oc_sandbox.dispatch", *of_sandbox(*VENDORS - {vendor})}) == set()


def test_the_engine_knows_of_no_vendor() -> None:
    assert arrows("engine", to=of_sandbox(*VENDORS)) == set()


def test_control_works_without_adapters() -> None:
    assert arrows("control", to=of_sandbox(*DOORS) - of_sandbox("control")) == set()


def test_the_sandbox_does_not_know_the_kit() -> None:
    kit = {module for module in MODULES if module.startswith("oc_contract")}
    assert {(module, arrow) for module in MODULES.keys() - kit for arrow in ARROWS[module] & kit} == set()


def test_the_kit_knows_neither_handlers_nor_worlds() -> None:
    kit = {module for module in MODULES if module.startswith("oc_contract")}
    # But the clock: it alone reads the time of day, for everybody.
    hidden = of_sandbox("domain", *VENDORS) - {"oc_sandbox.domain.clock"}
    assert {(module, arrow) for module in kit for arrow in ARROWS[module] & hidden} == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    # Every module imports its package first, and `from . import __version__` is no arrow to all that the package has.
    graph = {module: (found & MODULES.keys()) - {module, "oc_sandbox"} for module, found in ARROWS.items()}
    assert len([*TopologicalSorter(graph).static_order()]) == len(MODULES)
