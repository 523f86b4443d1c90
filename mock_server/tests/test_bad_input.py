"""Bad input is answered by a refusal of the vendor's kind, never by a server error, and changes nothing."""

from urllib.parse import urlencode

import orjson
import pytest
from calls import answer, send, worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.samples import call_of

JSON_OPERATIONS = [operation for operation in catalog().operations.values() if operation.parameters == "json"]
BODIES = {
    "empty": b"",
    "not JSON": b"{",
    "words": "库存".encode(),
    "not UTF-8": b'{"data":"\xff\xfe"}',
    "NaN": b'{"data":NaN}',
    "infinity": b'{"data":Infinity}',
    "number beyond a double": b'{"data":1e400}',
    "a list": b"[]",
    "null": b"null",
    "text": b'"data"',
    "number": b"0",
    "data is null": b'{"data":null}',
    "data is text": b'{"data":"x"}',
    "data is a number": b'{"data":12345678901234567890123456789012345678901234567890}',
    "data is a list of null": b'{"data":[null]}',
    "data is a list of lists": b'{"data":[[]]}',
    "nested 100,000 deep": b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nested 900 deep": b'{"data":' + b'{"a":' * 900 + b"1" + b"}" * 901,
    "unclosed 100,000 deep": b"[" * 100_000,
    "lone surrogate": b'{"data":"\\ud800"}',
    "raw NUL": b'{"data":"\x00"}',
    "20 MB": b'{"data":"' + b"x" * 20_000_000 + b'"}',
    "300,000 lists": b'{"data":[' + b"[]," * 300_000 + b"[]]}",
    "trailing text": b'{"data":{}} {}',
    "byte order mark": b'\xef\xbb\xbf{"data":{}}',
}


@pytest.mark.parametrize("operation", JSON_OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_is_refused_and_changes_nothing(operation: Operation, body: bytes) -> None:
    sandbox = Sandbox()
    before = worlds(sandbox)
    reply = send(sandbox, operation.name, body)
    assert reply.status < 500
    entry = next(sandbox.journal.since())
    assert entry.outcome == "refused"
    assert worlds(sandbox) == before


@pytest.mark.parametrize("operation", JSON_OPERATIONS, ids=lambda operation: operation.name)
def test_a_body_may_have_10_mebibytes_and_no_more(operation: Operation) -> None:
    sandbox = Sandbox()
    largest = 10 * 1024 * 1024
    for size, error in ((largest, "not_json"), (largest + 1, "body_too_large")):
        send(sandbox, operation.name, b"{".ljust(size))
        assert list(sandbox.journal.since())[-1].errors == (operation.api.engine_error(error),)


@pytest.mark.parametrize("operation", JSON_OPERATIONS, ids=lambda operation: operation.name)
def test_a_key_that_stands_twice_is_refused(operation: Operation) -> None:
    sandbox = Sandbox()
    before = worlds(sandbox)
    text = sandbox.sample(operation.name).body
    first_key = text[1 : text.index(b":")]
    own_key = text[:-1] + b"," + first_key + b":1}"
    spaced = [b',"x":1,"x"%b:2}' % space for space in (b" ", b"\t", b"\r\n", b"  ")]
    tails = [text[:-1] + tail for tail in (b', "x": 1, "x": 2}', *spaced)]
    for doubled in (own_key, *tails, b'{"x":{"y":1,"y":1},' + text[1:]):
        reply = send(sandbox, operation.name, doubled)
        assert reply.status < 500
        assert list(sandbox.journal.since())[-1].errors[0] == operation.api.engine_error("duplicate_key")
    assert worlds(sandbox) == before


@pytest.mark.parametrize("operation", JSON_OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type_is_refused(operation: Operation, content_type: str) -> None:
    sandbox = Sandbox()
    before = worlds(sandbox)
    reply = send(sandbox, operation.name, sandbox.sample(operation.name).body, content_type=content_type)
    assert 400 <= reply.status < 500
    assert worlds(sandbox) == before


@pytest.mark.parametrize(
    "path", ["/", "/openapi", "/openapi/3pp/nothing", "/oauth/x", "/api/v1/external/nothing", "/\x00", "/%2e%2e"]
)
def test_an_unknown_path_answers_404_in_its_vendors_form(path: str) -> None:
    reply = Sandbox().send(Call("POST", path, {}, b"{}"))
    assert reply.status == 404
    assert isinstance(orjson.loads(reply.body), dict)


@pytest.mark.parametrize("operation", catalog().operations.values(), ids=lambda operation: operation.name)
def test_a_wrong_method_answers_405_and_names_the_right_one(operation: Operation) -> None:
    path = operation.path.replace("{", "").replace("}", "")
    reply = Sandbox().send(Call("PATCH", path, {}, b"{}"))
    assert reply.status == 405
    assert operation.method in dict(reply.headers)["allow"]


def test_a_list_that_is_bad_late_is_refused_for_what_is_bad() -> None:
    rows = [{"mfSkuId": "OC0000012220012"}] * 5000 + [{"mfSkuId": 7}]
    got = answer(Sandbox(), "get_stock_movement", {"data": {"mfSkuList": rows}})
    assert got["errors"] == [{"code": "400003", "message": "mfSkuId 字段类型错误!"}]


def test_nul_and_emoji_inside_a_text_are_kept_and_given_back() -> None:
    given_back = answer(Sandbox(), "get_stock_movement", {"data": {}, "messageId": "\x00 é 😀"})
    assert given_back["messageId"] == "\x00 é 😀"


@pytest.mark.parametrize("name", ["clientKey", "vAuthorization", "Access-Token", "Cookie", "Content-Type"])
@pytest.mark.parametrize("value", ["", "\x00", "é" * 5000, "Bearer ", "Bearer a b c", "|||"])
def test_odd_headers_are_refused_or_ignored(name: str, value: str) -> None:
    sandbox = Sandbox()
    reply = send(sandbox, "get_stock_movement", {"data": {}}, **{name: value})
    assert reply.status < 500


# Any JSON at all, and samples with one value replaced by any JSON: what a fuzzer would send.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4),
    max_leaves=12,
)


def paths_of(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Where a value can be replaced."""
    here = [at] if at else []
    if isinstance(value, dict):
        return here + [path for key, child in value.items() for path in paths_of(child, (*at, key))]
    if isinstance(value, list):
        return here + [path for index, child in enumerate(value) for path in paths_of(child, (*at, index))]
    return here


def replaced(value: object, path: tuple[object, ...], by: object) -> object:
    """The value with another at a path."""
    if not path:
        return by
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: replaced(child, rest, by) if key == step else child for key, child in value.items()}
    assert isinstance(value, list)
    return [replaced(child, rest, by) if index == step else child for index, child in enumerate(value)]


@pytest.mark.parametrize("operation", JSON_OPERATIONS, ids=lambda operation: operation.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_json_whatever_gives_a_server_error(operation: Operation, data: st.DataObject) -> None:
    sandbox = Sandbox()
    body = orjson.loads(sandbox.sample(operation.name).body)
    for _ in range(data.draw(st.integers(1, 3))):
        body = replaced(body, data.draw(st.sampled_from(paths_of(body))), data.draw(json_values))
        if not paths_of(body):
            break
    before = worlds(sandbox)
    try:
        raw = orjson.dumps(body)
    except TypeError:  # an integer beyond 64 bits
        return
    reply = send(sandbox, operation.name, raw)
    assert reply.status < 500
    if next(sandbox.journal.since()).outcome == "refused":
        assert worlds(sandbox) == before


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (b"a&" * 5_000_000, 413),
        (b"code=" + b"%41" * 3_000_000, 413),
        (b"a=1&" * 250_000, 401),
        (b"code=" + b"%41" * 300_000, 401),
    ],
    ids=["10 MB of names", "9 MB of percent signs", "1 MB of names", "900 kB of percent signs"],
)
def test_a_form_too_large_is_not_read(form: bytes, status: int) -> None:
    reply = Sandbox().send(Call("POST", "/oauth/token", {"content-type": "application/x-www-form-urlencoded"}, form))
    assert reply.status == status


def test_of_very_many_parameters_the_first_thousand_are_read() -> None:
    query = "&".join(f"a{number}=1" for number in range(2000))
    assert Call("GET", "/", {}, b"", query).parameters() == {f"a{number}": "1" for number in range(1000)}


OTHER_OPERATIONS = [name for name, operation in catalog().operations.items() if operation.parameters != "json"]
odd_texts = st.text(max_size=20) | st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e400",
        "9" * 30,
        "true",
        "\x00",
        "%0d%0ax: y",
        "\r\nx: y",
        "0001-01-01",
        "9999-12-31",
        "<b>",
        "é库",
    ]
)


@pytest.mark.parametrize("name", OTHER_OPERATIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_parameters_whatever_give_a_server_error(name: str, data: st.DataObject) -> None:
    sandbox, operation = Sandbox(), catalog().operations[name]
    exchange = data.draw(st.sampled_from(sorted(operation.fixture["exchanges"])))
    good = call_of(operation, sandbox.sample(operation.name, exchange))
    known = sorted(operation.request.schema.get("properties", ())) or ["x"]
    changes = data.draw(st.dictionaries(st.sampled_from(known) | odd_texts, odd_texts, max_size=4))
    text = urlencode({**good.parameters(), **changes})
    call = good._replace(query=text)
    if data.draw(st.booleans()):
        headers = {**good.headers, "content-type": "application/x-www-form-urlencoded"}
        call = good._replace(query="", body=text.encode(), headers=headers)
    before = worlds(sandbox)
    reply = sandbox.send(call)
    assert reply.status < 500
    if not operation.writes or next(sandbox.journal.since()).outcome == "refused":
        assert worlds(sandbox) == before
    for header, value in reply.headers:
        assert not {"\r", "\n"} & {*header, *value}
        assert value.isascii()
