"""Another server of this API, made from the contract files alone: no line of it is the fake's.

It has ten operations and a small world, answers open questions as it is told, and is wrong on demand in one of
thirteen ways. Standard library and `jsonschema` only.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from other_operations import CLIENT, SECRET, Operations
from other_reading import FOLDER, Reader, Refuse, load, refuse

SERVED = {
    "get_service_list": "warehouse",
    "sku_query_v3": "sku",
    "stock_snapshot_v2": "stock",
    "get_stock_movement": "stock",
    "place_outbound_order": "outbound",
    "outbound_order_query_v2": "outbound",
    "outbound_order_cancellation": "outbound",
    "oauth_refresh_access_token": "oauth",
    # Nothing was ever sent in here: these two only find nothing.
    "inbound_order_list_query": "inbound",
    "inbound_order_detail_query": "inbound",
}
WRONGS = (
    "limit_off_by_one",
    "error_code",
    "message_text",
    "echo_missing",
    "window_end_outside",
    "page_2_loses_a_row",
    "order_takes_nothing",
    "cancel_gives_nothing_back",
    "signature_unchecked",
    "any_token_taken",
    "number_repeated",
    "zone_ignored",
    "address_in_ascii_only",
)
ANSWERS = {
    "signing": "production",
    "seven_day_edge": "by_page",
    "twelve_month_edge": "a_day",
    "batch_outcome": "partial",
    "repeated_reference": "refused",
    "refused_token": "http_200",
    "refused_signature": "code_1",
    "success_key": "as_seen",
    "movement_reason": "code",
    "movement_id_key": "misspelt",
    "movement_ids": "of_each_line",
    "sku_query_rows": "data",
    "inbound_list_rows": "inbound_order_list",
    "empty_sku_list": "everything",
    "message_language": "as_seen",
    "parameter_errors": "first",
    "second_cancellation": "refused",
    "unknown_sku_in_movements": "no_rows",
    "refresh_rotation": "none",
}


class OtherServer(Operations):
    """The server: `url` while `running()`. `wrong` is one of WRONGS, `answers` are to questions of ANSWERS."""

    def __init__(self, wrong: str = "", **answers: str) -> None:
        super().__init__()
        assert wrong in ("", *WRONGS)
        assert answers.keys() <= ANSWERS.keys()
        self.wrong, self.answers = wrong, {**ANSWERS, **answers}
        self.api = load(FOLDER / "api.json")
        self.lock = threading.Lock()
        self.operations = {name: load(FOLDER / group / f"{name}.json") for name, group in SERVED.items()}
        self._adjust()
        every = self.answers["parameter_errors"] == "all"
        self.readers = {
            name: Reader(told["request"], self.api, every_error=every) for name, told in self.operations.items()
        }

    def _adjust(self) -> None:
        """The contract as this server keeps it."""
        edge, detail = self.answers["seven_day_edge"], self._data_of("inbound_order_detail_query")
        movement, listed = self._data_of("get_stock_movement"), self._data_of("inbound_order_list_query")
        detail["x-date-range"]["longest_inclusive"] = edge == "inside"
        for each in (movement, listed):
            each["x-date-range"]["longest_inclusive"] = edge != "outside"
        if self.answers["twelve_month_edge"] == "not_at_all":
            for each in (movement, detail):
                del each["x-date-range"]["look_back_grace"]
        if self.answers["empty_sku_list"] == "refused":
            # Not the SKU query too: then nobody could learn what there is to ask with.
            snapshot = self._data_of("stock_snapshot_v2")
            snapshot["required"] = ["skuList"]
            snapshot["properties"]["skuList"]["minItems"] = 1
        if self.wrong == "limit_off_by_one":
            self._data_of("stock_snapshot_v2")["properties"]["pageSize"]["maximum"] += 1
        if self.wrong == "error_code":
            self.api["errors"]["date_format"]["code"] = "400017"
        if self.wrong == "message_text":
            self.api["errors"]["field_required"]["message"] = "{field} 不能为空"

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve on a free port of the loopback; gives the URL."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            do_PUT = do_DELETE = do_POST

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with owner.lock:
                    status, told = owner.answer(self.command, self.path, headers, body)
                shown = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json;charset=UTF-8")
                self.send_header("Content-Length", str(len(shown)))
                self.end_headers()
                self.wfile.write(shown)

            def log_message(self, *args: Any) -> None:
                """Tests are quiet."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()

    # --- a call -------------------------------------------------------------------------------------------------------

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        """Status and body of the reply to one call."""
        path, _, query = url.partition("?")
        name = next((name for name, told in self.operations.items() if told["path"] == path), "")
        context = {"message_id": str(time.time_ns() // 1_000_000), "path": path}
        try:
            if not name:
                raise refuse("unknown_path")
            operation = self.operations[name]
            if operation["method"] != method:
                raise refuse("wrong_method")
            self._check_credentials(operation, path, headers, body)
            raw: Any = dict(parse_qsl(query, keep_blank_values=True))
            if operation["parameters"] == "json":
                raw = _parsed(headers, body)
                given = _message_id(raw)
                # An empty text comes back as an empty text: no contract file says so, the kit wants it.
                context["message_id"] = context["message_id"] if given is None else given
            now = datetime.now(timezone.utc)
            values = {**context, "data": getattr(self, "_" + name)(self.readers[name].read(raw, now), now)}
            told = _filled_in(operation["envelopes"]["success"]["body"], values)
            return 200, self._in_its_form(name, told)
        except Refuse as refused:
            return self._refusal(name, refused, context)

    def _check_credentials(self, operation: Any, path: str, headers: Mapping[str, str], body: bytes) -> None:
        needs = operation["auth"]
        if "client_key" in needs and headers.get("clientkey") != CLIENT:
            raise refuse("client_key_unknown" if "clientkey" in headers else "client_key_missing")
        if "signature" in needs:
            bodies = {"production": [body], "stage": [b""], "either": [body, b""]}[self.answers["signing"]]
            texts = bodies if operation["method"] != "GET" else [b""]
            parts = [b"|".join([path.encode(), text, CLIENT.encode(), SECRET.encode()]) for text in texts]
            good = {hashlib.md5(part).hexdigest() for part in parts}
            if "vauthorization" not in headers:
                raise refuse("signature_missing")
            if headers["vauthorization"] not in good and self.wrong != "signature_unchecked":
                raise refuse("signature_wrong")
        if "token" in needs:
            if "access-token" not in headers:
                raise refuse("token_missing")
            token = headers["access-token"].rpartition(" ")[2]
            if token not in self.tokens and self.wrong != "any_token_taken":
                raise refuse("token_invalid")

    def _in_its_form(self, name: str, told: Any) -> Any:
        key = self.answers["success_key"]
        if key == "never":
            told.pop("success", None)
        elif "code" in told and key == "always":
            told["success"] = True
        elif key == "as_text" and name in ("outbound_order_cancellation", "place_outbound_order"):
            told["success"] = "true"
        rows = self.answers["sku_query_rows"]
        if name == "sku_query_v3" and rows != "data":
            told["data"] = {{"list": "list", "sku_list": "skuList"}[rows]: told["data"]}
        rows = self.answers["inbound_list_rows"]
        if name == "inbound_order_list_query" and rows != "inbound_order_list":
            told["data"] = [] if rows == "data" else {"list": []}
        if self.answers["message_language"] == "english" and told.get("message") == "成功":
            told["message"] = "Success"
        if self.wrong == "echo_missing" and name == "outbound_order_query_v2":
            told["messageId"] = str(time.time_ns() // 1_000_000)
        return told

    def _refusal(self, name: str, refused: Refuse, context: Mapping[str, str]) -> tuple[int, Any]:
        operation = self.operations.get(name, {"errors": {}, "envelopes": {}})
        first = refused.told[0][0]
        row = {**self.api["errors"], **operation["errors"]}[first]
        shape, status = row["envelope"], row.get("http_status", 200)
        words = {}
        for kind in ("token", "signature"):
            form = self.answers[f"refused_{kind}"]
            if first.startswith(f"{kind}_") and form == "http_401":
                shape, status, words = "http_error", 401, {"message": "Unauthorized"}
            elif first.startswith("signature_") and form == "success_false":
                shape = "token_refused"
        envelope = {**self.api["envelopes"], **operation["envelopes"]}[shape]
        entries = [self._entry(operation, error, values) for error, values in refused.told]
        listed = [_filled_in(envelope.get("item", {}), each) for each in entries]
        stamp = datetime.now(timezone.utc).isoformat()
        values = {**entries[0], **context, **words, "errors": listed, "data": refused.data}
        told = _filled_in(envelope["body"], {**values, "status": status, "timestamp": stamp})
        if self.answers["message_language"] == "english" and "message" in told:
            told["message"] = self.api["translations"]["en"].get(told["message"], told["message"])
        return status, told

    def _entry(self, operation: Any, error: str, values: Mapping[str, str]) -> dict[str, str]:
        row = {**self.api["errors"], **operation["errors"]}[error]
        text = row["message"]
        if self.answers["message_language"] == "english":
            text = self.api["translations"]["en"].get(text, text)
        return {"id": "", **values, "code": row.get("code", ""), "message": text.format_map(values)}


def _parsed(headers: Mapping[str, str], body: bytes) -> Any:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise refuse("wrong_content_type")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in pairs:
            if key.lower() in seen:
                raise refuse("duplicate_key", field=key)
            seen.add(key.lower())
        return dict(pairs)

    def never(word: str) -> Any:
        raise ValueError(word)

    try:
        told = json.loads(body, object_pairs_hook=once, parse_constant=never)
    except ValueError:
        raise refuse("not_json") from None
    if not isinstance(told, dict):
        raise refuse("not_json")
    return told


def _message_id(raw: Mapping[str, Any]) -> str | None:
    given = next((value for key, value in raw.items() if key.lower() == "messageid"), None)
    return str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else None


def _filled_in(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: _filled_in(part, values) for key, part in template.items()}
    if isinstance(template, str) and template.startswith("$"):
        return values.get(template[1:], "")
    return template
