"""The base client with one bug each, and the finding that must name it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx
from zoo_base import CUP, Client, Wire, a_day, many_calls


class Bug(NamedTuple):
    """A client, the check that must name its bug, and its work."""

    client: type[Client]
    check: str
    work: Any = a_day


class Unsigned(Client):
    def headers(self, path: str, body: str) -> dict[str, str]:
        return {name: value for name, value in super().headers(path, body).items() if name != "vAuthorization"}


class SignsWithoutOpenapi(Client):
    def signed_text(self, path: str, body: str) -> str:
        return super().signed_text(path.removeprefix("/openapi"), body)


class SignsInUpperCase(Client):
    def signature(self, path: str, body: str) -> str:
        return super().signature(path, body).upper()


class SignsKeysTheWrongWayRound(Client):
    def signed_text(self, path: str, body: str) -> str:
        return f"{path}|{body}|{self.sandbox.secret_key}|{self.sandbox.client_key}"


class SignsOtherSpacing(Client):
    def signature(self, path: str, body: str) -> str:
        return super().signature(path, body.replace(",", ", "))


class NoClientKey(Client):
    def headers(self, path: str, body: str) -> dict[str, str]:
        return {name: value for name, value in super().headers(path, body).items() if name != "clientKey"}


class NoToken(Client):
    def headers(self, path: str, body: str) -> dict[str, str]:
        return {name: value for name, value in super().headers(path, body).items() if name != "Access-Token"}


class SendsTheSecretAlong(Client):
    def headers(self, path: str, body: str) -> dict[str, str]:
        return super().headers(path, body) | {"secretKey": self.sandbox.secret_key}


class SecretInTheAddress(Client):
    def renew(self) -> None:
        query = {"grant_type": "refresh_token", "client_id": self.sandbox.client_key}
        query |= {"client_secret": self.sandbox.secret_key, "refresh_token": self.sandbox.refresh_token}
        self.token = self.http.post("/oauth/token", params=query).json()["access_token"]
        self.token_until = self.sandbox.now() + timedelta(seconds=self.keeps_token_s)


class RefreshTokenAsAccessToken(Client):
    def access_token(self) -> str:
        return self.sandbox.refresh_token


class TokenCutShort(Client):
    def access_token(self) -> str:
        return super().access_token()[:255]  # a column of 255 characters; tokens have about 865


class WrongPath(Client):
    path_prefix = "/openapi/v1"

    def stock(self) -> list[Wire]:
        return []


class SendsForms(Client):
    content_type = "application/x-www-form-urlencoded"


class QuantityAsFloat(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"productList": [{"MFSKUID": sku, "SKUQuantity": 1.5}]}


class ReferenceAsNumber(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"referenceNumber": int(number[2:])}


class PageSizeAsText(Client):
    def page(self, number: int) -> list[Wire]:
        data = {"pageNumber": number, "pageSize": str(self.page_size)}
        return self.post("/3pp/inventory/v2/snapshot", data).get("data", {}).get("SKUList", [])  # type: ignore[no-any-return]


class PageSizeTooLarge(Client):
    def page(self, number: int) -> list[Wire]:
        data = {"pageNumber": number, "pageSize": 500}
        return self.post("/3pp/inventory/v2/snapshot", data).get("data", {}).get("SKUList", [])  # type: ignore[no-any-return]


class FieldNobodyKnows(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"giftWrap": True}


class FieldMisspelt(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"consigneeZipcodee": "AB1 2CD"}


class OddSpelling(Client):
    def movement_query(self, start: datetime, end: datetime) -> Wire:
        return {"startTime": self.written(start), "endTime": self.written(end), "MFSKULIST": [{"mfskuid": CUP}]}


class NoMessageId(Client):
    def envelope(self, data: Any) -> Wire:
        return {name: value for name, value in super().envelope(data).items() if name != "messageId"}


class NoData(Client):
    def envelope(self, data: Any) -> Wire:
        return {"messageId": "M", "timestamp": 1795361400000, **(data if isinstance(data, dict) else {})}

    def stock(self) -> list[Wire]:
        return self.post("/3pp/inventory/v2/snapshot", {"pageNumber": 1, "pageSize": 50}).get("data", [])  # type: ignore[no-any-return]


class NoConsignee(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return {k: v for k, v in super().order(number, sku, sale).items() if k != "consigneeName"}


class NoEbayIds(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return {k: v for k, v in super().order(number, sku, sale).items() if k != "ebayOrderId"}


class NameTooLong(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"companyName": "Example " * 20}


class CountryInFull(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"consigneeCountryCode": "United Kingdom"}


class NegativeQuantity(Client):
    def order(self, number: str, sku: str, sale: str) -> Wire:
        return super().order(number, sku, sale) | {"productList": [{"MFSKUID": sku, "SKUQuantity": -1}]}


class WideWindow(Client):
    days = 15


class WindowTooOld(Client):
    def windows(self, start: datetime, end: datetime) -> Any:
        return super().windows(start - timedelta(days=400), start - timedelta(days=395))


class WindowReversed(Client):
    def windows(self, start: datetime, end: datetime) -> Any:
        return ((until, since) for since, until in super().windows(start, end))


class BatchTooBig(Client):
    batch = 100


class NoZone(Client):
    def written(self, instant: datetime) -> str:
        return instant.strftime("%Y-%m-%dT%H:%M:%S")


class ZoneWithColon(Client):
    def written(self, instant: datetime) -> str:
        return instant.strftime("%Y-%m-%dT%H:%M:%S+00:00")


class FirstPageOnly(Client):
    def is_last(self, page: list[Wire]) -> bool:
        return True


class StopsAtPageTwo(Client):
    def stock(self) -> list[Wire]:
        return self.page(1) + self.page(2)


class PagesForEver(Client):
    def is_last(self, page: list[Wire]) -> bool:
        return False

    def stock(self) -> list[Wire]:
        return [row for number in range(1, 9) for row in self.page(number)]


class PagesBeyondTheTotal(Client):
    def shop_stock(self) -> None:
        for number in range(1, 12):
            self.shop("/inventory", page=number, limit=20)


class RenewsBeforeEveryCall(Client):
    keeps_token_s = 0.0


class NeverRenews(Client):
    keeps_token_s = 1e9

    def post(self, path: str, data: Any) -> Wire:
        return self.send(path, data)

    def page(self, number: int) -> list[Wire]:
        data = {"pageNumber": number, "pageSize": self.page_size}
        return self.post("/3pp/inventory/v2/snapshot", data).get("data", {}).get("SKUList", [])  # type: ignore[no-any-return]

    def is_last(self, page: list[Wire]) -> bool:
        return 0 < len(page) < self.page_size

    def stock(self) -> list[Wire]:
        return [row for number in range(1, 5) for row in self.page(number)]


class RenewsTooLate(Client):
    keeps_token_s = 1e9

    def post(self, path: str, data: Any) -> Wire:
        reply = self.send(path, data)
        if "access token" in str(reply.get("message", "")):
            self.renew()  # and the call is lost
        return reply

    def page(self, number: int) -> list[Wire]:
        data = {"pageNumber": number, "pageSize": self.page_size}
        return self.post("/3pp/inventory/v2/snapshot", data).get("data", {}).get("SKUList", [])  # type: ignore[no-any-return]


class IgnoresPartialFailure(Client):
    def failed(self, reply: Wire, batch: list[Wire]) -> None:
        pass


class RetriesInVain(Client):
    days = 15

    def post(self, path: str, data: Any) -> Wire:
        for _ in range(3):
            reply = super().post(path, data)
            if reply["code"] != 3:
                break
        return reply


class NoBackOff(Client):
    def waits(self) -> list[float]:
        return [0] * 6


class SendsAgainUnseen(Client):
    def after_time_out(self, batch: list[Wire]) -> None:
        self.place(batch)


class SendsAgainUnderANewNumber(Client):
    def after_time_out(self, batch: list[Wire]) -> None:
        self.place([order | {"referenceNumber": f"{order['referenceNumber']}-R"} for order in batch])


class SendsTheWholeBatchAgain(Client):
    def failed(self, reply: Wire, batch: list[Wire]) -> None:
        if reply.get("errors") and self.messages < 40:
            super().post("/3pp/outbound/v1/creation", batch)


class NoShopKey(Client):
    def shop(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(f"/api/v1/external{path}", params=query)

    def shop_stock(self) -> None:
        self.shop("/inventory")


class OldShopKey(Client):
    def shop_stock(self) -> None:
        self.http.get("/api/v1/external/inventory", headers={"X-API-Key": "mk_sandbox_revoked"})


class ShopLimitTooHigh(Client):
    def shop_stock(self) -> None:
        self.shop("/inventory", limit=1000)


BUGS = {
    "unsigned calls": Bug(Unsigned, "unsigned"),
    "signs the path without /openapi": Bug(SignsWithoutOpenapi, "mis-signed"),
    "signature in upper case": Bug(SignsInUpperCase, "mis-signed"),
    "signs the keys the wrong way round": Bug(SignsKeysTheWrongWayRound, "mis-signed"),
    "signs a body with other spacing": Bug(SignsOtherSpacing, "mis-signed"),
    "no clientKey": Bug(NoClientKey, "credential-missing"),
    "no access token": Bug(NoToken, "credential-missing"),
    "sends the secret key along": Bug(SendsTheSecretAlong, "secret-key-sent"),
    "secret key in the address of the token": Bug(SecretInTheAddress, "secret-key-sent"),
    "refresh token for the access token": Bug(RefreshTokenAsAccessToken, "refresh-token-sent"),
    "token cut to 255 characters": Bug(TokenCutShort, "unknown-token"),
    "wrong path": Bug(WrongPath, "unknown-place"),
    "JSON sent as a form": Bug(SendsForms, "unreadable-body"),
    "quantity 1.5": Bug(QuantityAsFloat, "wrong-type"),
    "reference as a number": Bug(ReferenceAsNumber, "wrong-type"),
    "page size as text": Bug(PageSizeAsText, "wrong-type"),
    "page size 500": Bug(PageSizeTooLarge, "value-not-allowed"),
    "field that nobody knows": Bug(FieldNobodyKnows, "undocumented-field"),
    "field misspelt": Bug(FieldMisspelt, "undocumented-field"),
    "keys in odd spelling": Bug(OddSpelling, "odd-spelling"),
    "no messageId": Bug(NoMessageId, "envelope-field-missing"),
    "no data around the request": Bug(NoData, "field-missing"),
    "no consignee": Bug(NoConsignee, "field-missing"),
    "eBay order without its id": Bug(NoEbayIds, "refused-parameter"),
    "company name of 160 characters": Bug(NameTooLong, "field-too-long"),
    "country in full": Bug(CountryInFull, "field-too-long"),
    "quantity below 1": Bug(NegativeQuantity, "value-not-allowed"),
    "window of 15 days": Bug(WideWindow, "window-too-wide"),
    "window more than a year back": Bug(WindowTooOld, "window-too-old"),
    "window the wrong way round": Bug(WindowReversed, "window-reversed"),
    "batch of 55 orders": Bug(BatchTooBig, "batch-too-big"),
    "times without a zone": Bug(NoZone, "time-without-zone"),
    "zone with a colon": Bug(ZoneWithColon, "time-malformed"),
    "reads the first page only": Bug(FirstPageOnly, "paging-stopped-early"),
    "stops at page two": Bug(StopsAtPageTwo, "paging-stopped-early"),
    "pages on after the end": Bug(PagesForEver, "paging-past-the-end"),
    "pages on beyond a known total": Bug(PagesBeyondTheTotal, "paging-past-the-end"),
    "new token before every call": Bug(RenewsBeforeEveryCall, "token-renewed-needlessly"),
    "never renews": Bug(NeverRenews, "token-not-renewed"),
    "renews too late, and loses the call": Bug(RenewsTooLate, "token-renewed-late"),
    "ignores a partial failure": Bug(IgnoresPartialFailure, "partial-failure-ignored"),
    "retries what cannot succeed": Bug(RetriesInVain, "retried-in-vain"),
    "retries at once": Bug(NoBackOff, "retried-without-back-off", many_calls),
    "sends again without a look": Bug(SendsAgainUnseen, "sent-again-unseen"),
    "sends again under a new number": Bug(SendsAgainUnderANewNumber, "placed-twice"),
    "sends a whole batch again for one failure": Bug(SendsTheWholeBatchAgain, "sent-again-unseen"),
    "no key at the shop": Bug(NoShopKey, "credential-missing"),
    "old key at the shop": Bug(OldShopKey, "unknown-client"),
    "1000 rows a page at the shop": Bug(ShopLimitTooHigh, "value-not-allowed"),
}
"""By what is wrong."""
