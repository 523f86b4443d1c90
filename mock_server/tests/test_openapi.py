"""The OpenAPI document: valid, whole, true to the contract files, and nobody's secrets in it."""

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from oc_sandbox.catalog import catalog
from oc_sandbox.cli import main
from oc_sandbox.control.views import tenant_view
from oc_sandbox.domain.clock import Clock
from oc_sandbox.formats import CHECKS
from oc_sandbox.openapi import openapi
from oc_sandbox.openapi_replies import errors_of
from oc_sandbox.openapi_schemas import Components
from oc_sandbox.tenancy import Tenants
from openapi_spec_validator import OpenAPIV31SpecValidator

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
URL = "http://127.0.0.1:8400"
DOCUMENT = openapi(catalog(), URL, NOW)
OPERATIONS = [
    pytest.param(method, path, told, id=told["operationId"])
    for path, ways in DOCUMENT["paths"].items()
    for method, told in ways.items()
]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from walk(child)


def resolved(node: dict[str, Any]) -> Any:
    """What a reference leads to, or the node itself."""
    if "$ref" not in node:
        return node
    found: Any = DOCUMENT
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def breaks(schema: Any, value: Any) -> list[str]:
    """What a value breaks of a schema of the document."""
    return [error.message for error in compiled(json.dumps(schema)).iter_errors(value)]


@cache
def compiled(schema: str) -> jsonschema_rs.Draft202012Validator:
    """A schema of the document that may refer to its components."""
    whole = {"allOf": [json.loads(schema)], "components": {"schemas": DOCUMENT["components"]["schemas"]}}
    return jsonschema_rs.Draft202012Validator(whole, formats=dict(CHECKS), validate_formats=True)


def told_of(name: str) -> dict[str, Any]:
    """What the document tells of the method and path of an operation."""
    operation = catalog().operations[name]
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def test_it_is_a_valid_openapi_document() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_it_says_whose_it_is_not() -> None:
    assert "not a document of OrangeConnex or Mercozy" in DOCUMENT["info"]["description"]


def test_every_operation_stands_in_it_once_and_every_webhook() -> None:
    told = [name for ways in DOCUMENT["paths"].values() for way in ways.values() for name in way["x-operations"]]
    assert sorted(told) == sorted(catalog().operations)
    assert DOCUMENT["webhooks"].keys() == catalog().webhooks.keys()
    groups = {each.group for each in (*catalog().operations.values(), *catalog().webhooks.values())}
    assert {tag["name"] for tag in DOCUMENT["tags"]} == groups


def test_nothing_has_to_be_fetched() -> None:
    assert all(node["$ref"].startswith("#/components/") for node in walk(DOCUMENT) if "$ref" in node)


@pytest.mark.parametrize(("method", "path", "told"), OPERATIONS)
def test_examples_fit_their_schemas(method: str, path: str, told: dict[str, Any]) -> None:
    for media in (node for node in walk(told) if "examples" in node and "schema" in node):
        for name, example in media["examples"].items():
            assert breaks(media["schema"], resolved(example)["value"]) == [], name


@pytest.mark.parametrize("operation", catalog().operations.values(), ids=lambda operation: operation.name)
def test_every_reply_that_a_source_shows_whole_fits_the_document(operation: Any) -> None:
    for name, exchange in operation.fixture["exchanges"].items():
        if "response" not in exchange or exchange.get("more") or exchange.get("free") or operation.renders != "json":
            continue
        reply = exchange["response"]
        if isinstance(reply, dict) and reply.get("data") == "@data":
            reply = {**reply, "data": operation.fixture["data"]}
        status = str(exchange.get("status", operation.success_status))
        media = told_of(operation.name)["responses"][status]["content"]["application/json"]
        assert breaks(media["schema"], reply) == [], name


@pytest.mark.parametrize("operation", catalog().operations.values(), ids=lambda operation: operation.name)
def test_every_error_is_an_example_at_its_http_status_with_its_code_and_text(operation: Any) -> None:
    told = told_of(operation.name)
    prefix = f"{operation.name}." if len(told["x-operations"]) > 1 else ""
    rows = list(errors_of(operation))
    assert operation.document["errors"].keys() <= {row.name for row in rows}
    for row in rows:
        examples = told["responses"][str(row.http_status)]["content"]["application/json"]["examples"]
        example = resolved(examples.get(prefix + row.name) or examples[row.name])
        texts = [value for node in walk(example["value"]) for value in node.values() if isinstance(value, str)]
        assert row.message in texts or "$message" not in json.dumps([row.envelope.body, row.envelope.item])
        assert row.code in texts or "$code" not in json.dumps([row.envelope.body, row.envelope.item])
        assert example["x-evidence"] == row.evidence


@pytest.mark.parametrize("operation", catalog().operations.values(), ids=lambda operation: operation.name)
def test_every_field_of_a_request_stands_where_the_contract_has_it_with_its_evidence(operation: Any) -> None:
    told = told_of(operation.name)
    parameters = {parameter["name"]: parameter for parameter in told["parameters"]}
    for name, field in operation.document["request"].get("properties", {}).items():
        if f"{{{name}}}" in operation.path:
            assert (parameters[name]["in"], parameters[name]["required"]) == ("path", True)
        elif operation.parameters == "json":
            schema = resolved(told["requestBody"]["content"]["application/json"]["schema"])
            assert schema["properties"][name]["x-evidence"] == field["x-evidence"]
            assert (name in schema.get("required", ())) == (name in operation.document["request"].get("required", ()))
        else:
            assert parameters[name]["in"] == "query"
            evidence = parameters[name].get("x-evidence", {}).get(operation.name)
            assert field["x-evidence"] == (evidence or parameters[name]["schema"]["x-evidence"])
    assert ("requestBody" in told) == (operation.parameters in ("json", "query_or_form"))


def test_operations_of_one_method_and_path_are_told_apart_by_their_parameter() -> None:
    told = told_of("oauth_refresh_access_token")
    assert list(told["x-operations"]) == ["oauth_access_token", "oauth_refresh_access_token"]
    (grant_type,) = (parameter for parameter in told["parameters"] if parameter["name"] == "grant_type")
    assert [each["enum"] for each in grant_type["schema"]["oneOf"]] == [["authorization_code"], ["refresh_token"]]
    form = told["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert form["discriminator"]["propertyName"] == "grant_type"
    assert [{"$ref": ref} for ref in form["discriminator"]["mapping"].values()] == form["oneOf"]
    assert breaks(form, {"grant_type": "refresh_token", "refresh_token": "abc"}) == []
    assert breaks(form, {"refresh_token": "abc"})
    assert told["requestBody"]["required"] is False


def test_what_a_call_carries_is_said_as_the_vendors_name_it() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    headers = {scheme["name"] for scheme in schemes.values() if scheme["type"] == "apiKey"}
    assert headers == {"clientKey", "vAuthorization", "Access-Token", "X-API-Key"}
    assert told_of("place_outbound_order")["security"] == [{"clientKey": [], "vAuthorization": [], "Access-Token": []}]
    assert told_of("get_service_list")["security"] == [{"clientKey": [], "vAuthorization": []}]
    assert told_of("create_product")["security"] == [{"X-API-Key": ["products:write"]}]
    assert told_of("oauth_refresh_access_token")["security"] == [{}, {"client_id": []}]
    assert told_of("get_file")["security"] == [{}]


def test_pages_redirects_and_files_are_no_json() -> None:
    replies = told_of("oauth_get_authorization_code")["responses"]
    assert list(replies["200"]["content"]) == ["text/html", "application/json"]
    assert "Location" in replies["302"]["headers"]
    assert "application/pdf" in told_of("get_file")["responses"]["200"]["content"]


def test_a_second_component_of_a_name_gets_the_name_of_its_api() -> None:
    components = Components()
    first = [components.name("securitySchemes", "X-Key", "one", {"type": "apiKey"}) for _ in range(2)]
    assert first == ["X-Key", "X-Key"]
    assert components.name("securitySchemes", "X-Key", "two", {"type": "http"}) == "two.X-Key"


def test_samples_have_their_times_written_out_and_nobodys_secrets() -> None:
    text = json.dumps(DOCUMENT, ensure_ascii=False)
    assert "@datetime" not in text
    assert "2026-11-22T23:30:00+0800" in text
    view = tenant_view(Tenants().create_default(Clock("manual", now=NOW)), URL)
    secrets = [view[name] for name in ("secret_key", "access_token", "refresh_token", "mercozy_api_key")]
    secrets += [seller[name] for seller in view["sellers"] for name in ("ocid", "login")]
    assert [secret for secret in secrets if secret in text] == []
    samples = [node["value"] for node in walk(DOCUMENT["paths"]) if "value" in node]
    assert not [node for node in walk(samples) if "password" in node]
    assert not [value for node in walk(samples) for value in node.values() if str(value).startswith("@")]


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi", "--url", "http://sandbox.example.com"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["servers"][0]["url"] == "http://sandbox.example.com"
    assert printed["components"]["schemas"] == DOCUMENT["components"]["schemas"]
