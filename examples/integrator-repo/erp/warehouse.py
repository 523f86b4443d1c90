"""A client of the warehouse's openAPI."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

HOST = "https://openapi-stage-hk.orangeconnex.com"
LONGEST_WINDOW = timedelta(days=6)
MOST_ORDERS = 50
CHINA = timezone(timedelta(hours=8))


class Refused(Exception):
    """The warehouse says no; the message is its own."""


class Warehouse:
    """Calls in the name of one seller. On the vendor's stage the body is left out of the signed text."""

    def __init__(
        self, client_key: str, secret_key: str, access_token: str, refresh_token: str, *, signs_body: bool = True
    ) -> None:
        self._keys = client_key, secret_key
        self._signs_body = signs_body
        self._access_token, self._refresh_token = access_token, refresh_token
        self._http = httpx.Client(base_url=HOST, timeout=10)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def place(self, orders: list[dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
        """Order numbers of what was placed, and the reasons of what was not; both by reference number."""
        placed: dict[str, str] = {}
        failed: dict[str, str] = {}
        for at in range(0, len(orders), MOST_ORDERS):
            reply = self._call("/openapi/3pp/outbound/v1/creation", orders[at : at + MOST_ORDERS])
            placed |= {row["referenceNumber"]: row["orderNumber"] for row in reply.get("data") or ()}
            # A batch may be done in part, so errors are looked at whatever else there is.
            failed |= {row["referenceNumber"]: row["message"] for row in reply.get("errors") or () if "id" in row}
            if reply["code"] and not reply.get("data") and not failed:
                raise Refused(reply.get("message") or str(reply))
        return placed, failed

    def movements(self, skus: Iterable[str], start: datetime, end: datetime) -> list[dict[str, Any]]:
        """What the warehouse tells of the SKUs, window by window."""
        wanted = [{"mfSkuId": sku} for sku in skus]
        found: list[dict[str, Any]] = []
        for since, until in windows(start, end):
            data = {"startTime": _text(since), "endTime": _text(until), "mfSkuList": wanted}
            reply = self._call("/openapi/3pp/inventory/v1/movement", data)
            if reply["code"]:
                raise Refused(str(reply.get("errors") or reply.get("message")))
            found += reply.get("data") or ()
        return found

    def _call(self, path: str, data: Any) -> dict[str, Any]:
        reply = self._sent(path, data)
        if _token_ended(reply):
            self._renew()
            reply = self._sent(path, data)
        if _token_ended(reply):
            raise Refused(str(reply.json()))
        return reply.raise_for_status().json()

    def _sent(self, path: str, data: Any) -> httpx.Response:
        body = json.dumps({"messageId": "1", "timestamp": "0", "data": data}, ensure_ascii=False)
        signed = body if self._signs_body else ""
        key, secret = self._keys
        headers = {
            "Content-Type": "application/json",
            "clientKey": key,
            "vAuthorization": hashlib.md5(f"{path}|{signed}|{key}|{secret}".encode()).hexdigest(),
            "Access-Token": f"Bearer {self._access_token}",
        }
        return self._http.post(path, content=body.encode(), headers=headers)

    def _renew(self) -> None:
        query = {
            "grant_type": "refresh_token",
            "client_id": self._keys[0],
            "refresh_token": self._refresh_token,
        }
        told = self._http.post("/oauth/token", params=query).raise_for_status().json()
        self._access_token = told["access_token"]
        self._refresh_token = told.get("refresh_token") or self._refresh_token


def windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A span in windows that the warehouse takes."""
    while start < end:
        until = min(start + LONGEST_WINDOW, end)
        yield start, until
        start = until


def _token_ended(reply: httpx.Response) -> bool:
    if reply.status_code == 401:
        return True
    told = reply.json()
    return told.get("code") == 1 and "token" in str(told.get("message", "")).lower()


def _text(instant: datetime) -> str:
    return instant.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S%z")
