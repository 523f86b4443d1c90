"""Nothing that is written bears a key, a token or a stranger's personal data."""

import json
import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_contract.cli import verify
from oc_contract.redaction import HARMLESS, Redactor
from oc_contract.targets import Answer, Keys
from strangers import stranger

PERSON = {"recipientName": "Kim Example", "phone": 4915112345678, "street": "1 Sample Street", "token": "tok-9"}


def replied(body: Any) -> Answer:
    return Answer(200, (("Content-Type", "application/json"),), orjson.dumps(body), 0.0)


def test_no_file_of_a_run_bears_a_secret_or_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_person(path: str, body: Any) -> Any:
        return {**body, "buyer": PERSON, "code": "0"} if path.endswith("/movement") else body

    files = [tmp_path / name for name in ("r.json", "r.xml", "r.html")]
    with stranger(with_person) as (url, environment):
        for name in [name for name in os.environ if name.startswith("OC_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        words = ["--json", str(files[0]), "--junit", str(files[1]), "--html", str(files[2])]
        assert verify(["--target", url, "--operation", "get_stock_movement", *words]) == 1
    told = capsys.readouterr()
    report = json.loads(files[0].read_bytes())
    assert any("<str, 11>" in finding.get("came", "") for finding in report["findings"])
    for text in (told.out, told.err, *(file.read_text(encoding="utf-8") for file in files)):
        for secret in (*environment.values(), "Kim", "4915112345678", "Sample Street", "tok-9"):
            assert secret not in text


def test_a_strangers_reply_keeps_what_is_harmless_and_its_shape() -> None:
    body = {
        "code": 4,
        "errors": [{"code": "400448", "message": "out of stock"}],
        "data": {"orderNumber": "A1", **PERSON},
    }
    shown = Redactor(own_world=False).reply(replied(body))
    assert json.loads(shown.removeprefix("HTTP 200: ")) == {
        "code": 4,
        "errors": [{"code": "400448", "message": "out of stock"}],
        "data": {
            "orderNumber": "A1",
            "recipientName": "<str, 11>",
            "phone": "<int, 13>",
            "street": "<str, 15>",
            "token": "<str, 5>",
        },
    }


def test_at_a_sandbox_of_ours_only_secrets_are_hidden() -> None:
    redactor = Redactor(own_world=True)
    redactor.learn(Keys("client-1", "secret-1", "access-1"))
    shown = redactor.reply(replied({"data": [{**PERSON, "note": "by client-1 with secret-1"}]}))
    assert "Kim Example" in shown
    assert "tok-9" not in shown
    assert "by <client key> with <secret key>" in shown


def test_a_body_that_is_no_json_is_told_by_its_size() -> None:
    page = Answer(502, (("content-type", "text/html"),), b"<p>Dear Kim Example</p>", 0.0)
    redactor = Redactor(own_world=False)
    assert redactor.reply(page) == "HTTP 502: 23 bytes that are no JSON (text/html)"
    assert redactor.text(f"HTTP 502: {page.body[:200]!r}", page) == "HTTP 502: <hidden>"


names = st.text(min_size=1, max_size=6).filter(lambda name: name.lower() not in HARMLESS)
leaves = st.text(alphabet="ABCDEFGHJK", min_size=8, max_size=12)


@given(st.dictionaries(names, leaves | st.lists(leaves, max_size=2), min_size=1, max_size=3), st.integers(1, 300))
def test_no_beginning_of_a_hidden_text_stands_in_the_words_about_a_reply(body: Any, cut: int) -> None:
    answer = replied(body)
    redactor = Redactor(own_world=False)
    about = redactor.text(f"no success: {answer.body.decode()[:cut]}", answer)
    hidden = [text for value in body.values() for text in (value if isinstance(value, list) else [value])]
    keys = "".join(body)
    for text in hidden:
        assert text[:4] not in about or text[:4] in keys
        assert text not in redactor.reply(answer) or text in keys


@given(st.integers(12, 60), st.sampled_from(["access", "refresh"]))
def test_no_beginning_of_a_secret_stands_where_a_text_was_cut_off(cut: int, kind: str) -> None:
    alike = "eyJhbGciOiJSUzI1NiJ9."
    tokens = {"access": f"{alike}{'a1B2' * 10}", "refresh": f"{alike}{'z9Y8' * 10}"}
    redactor = Redactor(own_world=False, secrets=(tokens["refresh"],))
    redactor.learn(Keys("key", "secret", tokens["access"]))
    told = redactor.text(f"refused: token {tokens[kind][:cut]}")
    assert told in ("refused: token <access token>", "refused: token <secret>")
    assert redactor.text("token eyJhbGc") == "token eyJhbGc"
