"""What the README says is run: its Python, its curl, its answers."""

import re
import shlex
from pathlib import Path
from typing import Any

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return [text for name, text in BLOCKS if name == language]


def test_the_python_example_passes() -> None:
    (text,) = blocks("python")
    scope: dict[str, Any] = {}
    exec(compile(text, "README.md", "exec"), scope)
    scope["test_an_order_reserves_its_stock"](Sandbox())


def test_the_documented_curl_gets_the_documented_answer() -> None:
    curl, _ = blocks("sh")
    words = shlex.split(curl.replace("\\\n", ""))
    headers = {}
    for at, word in enumerate(words):
        if word == "-H":
            name, _, value = words[at + 1].rstrip(";").partition(": ")
            headers[name.lower()] = value
    path = re.sub(r"http://[^/]+", "", next(word for word in words if word.startswith("http")))
    sandbox = Sandbox(auth="open", client_key=DEFAULT_CLIENT_KEY)
    reply = sandbox.send(Call("POST", path, headers, words[words.index("--data-raw") + 1].encode()))
    assert orjson.loads(reply.body) == orjson.loads(blocks("json")[1])


def test_the_stock_short_sample_gets_the_documented_answer() -> None:
    sandbox = Sandbox()
    operation = catalog().operations["place_outbound_order"]
    reply = sandbox.send(call_of(operation, sandbox.sample("place_outbound_order", "stock_short")))
    assert orjson.loads(reply.body) == orjson.loads(blocks("json")[0])


WAYS = {operation.name: f"`{operation.method} {operation.path}`" for operation in catalog().operations.values()}
WAYS |= {webhook.name: f"`{webhook.method}` to your webhook URL" for webhook in catalog().webhooks.values()}


@pytest.mark.parametrize("name", WAYS)
def test_the_table_of_operations_is_complete_and_its_counts_are_right(name: str) -> None:
    operation = catalog().operations.get(name) or catalog().webhooks[name]
    grades = [evidence.split()[0] for _, evidence in operation.evidence()]
    counts = ", ".join(str(grades.count(grade)) for grade in ("documented", "observed", "assumed"))
    assert f"(`{name}`) | {WAYS[name]} | {counts} |" in README
