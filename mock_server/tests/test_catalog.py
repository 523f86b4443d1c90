"""The catalogue does not start with files that do not fit, and names the one at fault."""

import re
import shutil
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox, formats, paths
from oc_sandbox.catalog import CatalogError, catalog, load
from oc_sandbox.contract import Operation
from oc_sandbox.validation import LIST_LOOKED_AT_FIRST, Schema

MOVEMENT = Path("orangeconnex/stock/get_stock_movement.json")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the contract files and fixtures, to be broken."""
    shutil.copytree(paths.SCHEMAS, tmp_path / "schemas")
    shutil.copytree(paths.FIXTURES, tmp_path / "fixtures")
    return tmp_path


def fault(tree: Path) -> str:
    """What loading the tree complains of."""
    with pytest.raises(CatalogError) as caught:
        load(tree / "schemas", tree / "fixtures", "oc_sandbox")
    return str(caught.value)


def change(tree: Path, old: str, new: str, file: Path = MOVEMENT) -> None:
    """Replace a text in a contract file."""
    text = (tree / "schemas" / file).read_text()
    assert old in text
    (tree / "schemas" / file).write_text(text.replace(old, new, 1))


def test_the_tree_as_it_is_loads(tree: Path) -> None:
    loaded = load(tree / "schemas", tree / "fixtures", "oc_sandbox")
    assert loaded.operations.keys() == catalog().operations.keys()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"effect": "read"', '"effect": "reed"', "/effect"),
        ('"effect": "read",', "", '"effect" is a required property'),
        ('"summary"', '"sumary"', '"summary" is a required property'),
        ("{", "", "is not JSON"),
        ('"operation": "get_stock_movement"', '"operation": "other"', "the file is called 'get_stock_movement'"),
        ('"longest": "window_too_wide"', '"longest": "no_such_error"', "names the error 'no_such_error'"),
        ('"x-evidence": "documented fields"', '"x-evidence": "documented nowhere"', "no source called 'nowhere'"),
        ('"x-evidence": "documented fields"', '"x-evidence": "certain"', "x-evidence"),
        (', "x-evidence": "documented page-2025"}', "}", "has no x-evidence"),
        ("#/$defs/api_version", "#/$defs/nothing", "leads nowhere"),
        ('"type": "object"', '"type": "objekt"', "objekt"),
    ],
)
def test_a_malformed_contract_file_is_named_with_its_fault(tree: Path, old: str, new: str, said: str) -> None:
    change(tree, old, new)
    told = fault(tree)
    assert str(MOVEMENT) in told
    assert said in told


def test_a_contract_file_without_handler_is_named(tree: Path) -> None:
    text = (tree / "schemas" / MOVEMENT).read_text().replace("get_stock_movement", "get_stock_dreams")
    (tree / "schemas/orangeconnex/stock/get_stock_dreams.json").write_text(text)
    told = fault(tree)
    assert (
        "get_stock_dreams.json: its handler, the module oc_sandbox.orangeconnex.stock.get_stock_dreams, is missing"
        in told
    )


def test_a_contract_file_without_fixture_is_named(tree: Path) -> None:
    (tree / "fixtures" / MOVEMENT).unlink()
    told = fault(tree)
    assert f"{MOVEMENT}: its fixture" in told
    assert told.endswith("is missing")


def test_a_fixture_without_contract_file_is_named(tree: Path) -> None:
    shutil.copy(tree / "fixtures" / MOVEMENT, tree / "fixtures/orangeconnex/stock/stray.json")
    assert "stray.json: its contract file" in fault(tree)


def test_all_faults_are_told_at_once(tree: Path) -> None:
    change(tree, '"effect": "read"', '"effect": "reed"')
    change(tree, '"effect": "write"', '"effect": "right"', Path("orangeconnex/outbound/place_outbound_order.json"))
    told = fault(tree)
    assert "get_stock_movement.json" in told
    assert "place_outbound_order.json" in told


def test_no_contract_file_or_fixture_names_a_third_party_or_a_real_looking_person() -> None:
    for file in [*paths.SCHEMAS.rglob("*.json"), *paths.FIXTURES.rglob("*.json")]:
        text = file.read_text().lower()
        for word in ("client-a", "client-b", "github", "postman"):
            assert word not in text, f"{file}: {word}"


HOST = re.compile(r"https?://([^/:\"\s?#]+)")
MAILBOX = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
INVENTED = ("example.com", "invalid", "json-schema.org")


@pytest.mark.parametrize(
    "file", [*paths.SCHEMAS.rglob("*.json"), *paths.FIXTURES.rglob("*.json")], ids=lambda f: f.stem
)
def test_no_link_and_no_mailbox_is_anybodys(file: Path) -> None:
    text = file.read_text()
    hosts = {*HOST.findall(text), *MAILBOX.findall(text)}
    assert not [host for host in hosts if not host.endswith(INVENTED)]


def test_the_demo_sellers_account_number_is_made_up() -> None:
    (seller,) = Sandbox().describe()["sellers"]
    assert re.fullmatch(r"100000\d\d", seller["ocid"])


def longest_lists(node: object) -> list[int]:
    """Every maxItems below a schema."""
    if isinstance(node, dict):
        own = [node["maxItems"]] if isinstance(node.get("maxItems"), int) else []
        return own + [length for child in node.values() for length in longest_lists(child)]
    return [length for child in node for length in longest_lists(child)] if isinstance(node, list) else []


def test_no_list_may_be_longer_than_what_is_looked_at_for_errors() -> None:
    lengths = [
        length for operation in catalog().operations.values() for length in longest_lists(operation.request.schema)
    ]
    assert 50 in lengths
    assert max(lengths) < LIST_LOOKED_AT_FIRST


OPERATIONS = [pytest.param(operation, id=operation.name) for operation in catalog().operations.values()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_both_json_schema_libraries_take_the_schemas(operation: Operation) -> None:
    for schema in (operation.request.schema, operation.response):
        jsonschema.Draft202012Validator.check_schema(schema)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e6, 1e6) | st.text(max_size=12),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=6,
)


def like(schema: Schema) -> st.SearchStrategy[object]:
    """Values near a schema: its shape, with anything at the leaves."""
    if "properties" in schema:
        shape = st.fixed_dictionaries({}, optional={key: like(child) for key, child in schema["properties"].items()})
        return st.one_of(shape, shape, json_values)
    if "items" in schema:
        return st.one_of(st.lists(like(schema["items"]), max_size=3), json_values)
    return st.one_of(st.sampled_from(["2026-11-20T10:10:10+0800", "2026-11-20+0800", "EX", "1", "12"]), json_values)


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_fast_validator_and_the_reference_validator_agree(operation: Operation, data: st.DataObject) -> None:
    schema = operation.request.schema
    checker = jsonschema.FormatChecker(formats=())
    for name, accepts in formats.CHECKS.items():
        checker.checks(name)(accepts)
    reference = jsonschema.Draft202012Validator(schema, format_checker=checker)
    fast = jsonschema_rs.validator_for(schema, formats=dict(formats.CHECKS), validate_formats=True)
    value = data.draw(like(schema))
    assert fast.is_valid(value) == reference.is_valid(value)


def test_adding_an_operation_takes_three_files(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "source_root" / "other_sandbox"
    shutil.copytree(paths.HANDLERS, package, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    contract = (tree / "schemas" / MOVEMENT).read_text()
    contract = contract.replace("get_stock_movement", "get_stock_echo").replace("v1/movement", "v1/echo")
    (tree / "schemas/orangeconnex/stock/get_stock_echo.json").write_text(contract)
    fixture = (tree / "fixtures" / MOVEMENT).read_text().replace("get_stock_movement", "get_stock_echo")
    (tree / "fixtures/orangeconnex/stock/get_stock_echo.json").write_text(fixture)
    (package / "orangeconnex/stock/get_stock_echo.py").write_text("def handle(request, world):\n    return request\n")
    monkeypatch.syspath_prepend(package.parent)
    loaded = load(tree / "schemas", tree / "fixtures", "other_sandbox")
    found = loaded.find("POST", "/openapi/3pp/inventory/v1/echo")
    assert found is not None
    assert loaded.operations["get_stock_echo"].handle({"a": 1}, None) == {"a": 1}
