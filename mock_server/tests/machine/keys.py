"""Rules of the group oauth: pages, codes and tokens, each good for one seller and for so long."""

import re
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

from machine.base import Base
from machine.shop import CALLBACK, REFRESH_LASTS_S, TOKEN_LASTS_S, Shop, code_in
from oc_sandbox.call import Call

CODE_LASTS_S = 600
SHORT_WAITS_S = [0, 0, 0, 1, 599, 600, 3600]
FORM = {"content-type": "application/x-www-form-urlencoded"}
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
EXCHANGES = {"oauth_access_token": "/oauth/token", "returns_auth_access_token": "/oauth/returns/token"}


@dataclass
class Key:
    """A code, ticket or token: whose it is, until when, and whether it was used up."""

    text: str
    shop: Shop
    until_s: int
    used: bool = False


class Keys(Base):
    """How an ERP comes by its tokens, and what they open."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[Key] = []
        self.tickets: list[Key] = []
        self.access: list[Key] = []
        self.refresh: list[Key] = []

    def new_key(self, kind: list[Key], text: str, shop: Shop, lasts_s: int) -> None:
        kind.append(Key(self.new_number(text), shop, self.now_s() + lasts_s))

    def approve_at_once(self, dice: Random) -> None:
        self.tell("oauth_get_authorization_code: taken")
        shop = self.a_shop(dice)
        self.new_key(self.codes, shop.approved(dice.choice(["all", "ä&="])), shop, CODE_LASTS_S)

    def post_page(self, **form: str) -> Any:
        asked = {"response_type": "code", "client_id": self.sandbox.client_key, "redirect_uri": CALLBACK, "state": "s"}
        return self.sandbox.send(Call("POST", "/oauth/authorize", FORM, urlencode(form).encode(), urlencode(asked)))

    def log_in_and_decide(self, dice: Random) -> None:
        shop, right = self.a_shop(dice), dice.random() < 0.8
        password = shop.password if right else "wrong"
        reply = self.post_page(login=dice.choice([shop.login, shop.ocid]), password=password)
        found = TICKET.search(reply.body.decode())
        assert reply.status == 200
        assert (found is not None) == right
        if found:
            self.new_key(self.tickets, found[1], shop, CODE_LASTS_S)
        self.wait(dice.choice(SHORT_WAITS_S))
        if self.tickets:
            ticket = dice.choice([*self.tickets[-1:] * 3, *self.tickets[-5:]])
            self.decide(ticket, dice.choice(["allow", "allow", "deny"]))

    def decide(self, ticket: Key, decision: str) -> None:
        reply = self.post_page(ticket=ticket.text, decision=decision)
        good = not ticket.used and self.now_s() < ticket.until_s
        self.tell(f"oauth_submit_authorize_page: {decision if good else 'over'}")
        assert reply.status == (302 if good else 200)
        if good:
            ticket.used = True
            address = dict(reply.headers)["location"]
            if decision == "deny":
                assert address == f"{CALLBACK}?error=access_denied&state=s"
            else:
                self.new_key(self.codes, code_in(address, "s"), ticket.shop, CODE_LASTS_S)

    def exchange_a_code(self, dice: Random) -> None:
        if dice.random() < 0.5 or not self.codes:
            shop = self.a_shop(dice)
            self.new_key(self.codes, shop.approved(), shop, CODE_LASTS_S)
        code = dice.choice([*self.codes[-1:] * 3, *self.codes[-4:]])
        self.wait(dice.choice(SHORT_WAITS_S))
        operation = dice.choice(list(EXCHANGES))
        address = dice.choice([CALLBACK, CALLBACK, CALLBACK, "https://elsewhere.example.com/"])
        got = code.shop.exchanged(
            EXCHANGES[operation], grant_type="authorization_code", code=code.text, redirect_uri=address
        )
        late_s = self.now_s() - code.until_s
        if code.used or late_s >= 0:
            # One that has been dead for as long as it lived may be forgotten, and so be as good as none.
            forgotten = code.used or late_s >= CODE_LASTS_S
            said = ["Invalid authorization code"] * forgotten + ["Authorization code expired"] * (not code.used)
            assert got.codes[0] in said
        elif address != CALLBACK:
            assert got.codes == ["Redirect URI mismatch"]
        else:
            assert (got.status, got.body["expires_in"]) == (200, TOKEN_LASTS_S)
            code.used = True
            self.new_key(self.access, got.body["access_token"], code.shop, TOKEN_LASTS_S)
            self.new_key(self.refresh, got.body["refresh_token"], code.shop, REFRESH_LASTS_S)
        self.tell(f"{operation}: {'taken' if got.status == 200 else got.codes[0]}")

    def refresh_a_token(self, dice: Random) -> None:
        none = Key("none", self.shops[0], 2**40)
        key = dice.choice([*self.refresh[-3:] * 2, none])
        got = key.shop.exchanged("/oauth/token", grant_type="refresh_token", refresh_token=key.text)
        if key is none:
            assert got.codes == ["Invalid refresh token"]
        elif self.now_s() >= key.until_s:
            forgotten = self.now_s() >= key.until_s + REFRESH_LASTS_S and got.codes == ["Invalid refresh token"]
            assert forgotten or got.codes == ["Refresh token expired"]
        else:
            assert got.status == 200
            assert "refresh_token" not in got.body
            self.new_key(self.access, got.body["access_token"], key.shop, TOKEN_LASTS_S)
        self.tell(f"oauth_refresh_access_token: {'taken' if got.status == 200 else got.codes[0]}")

    def use_a_token(self, dice: Random) -> None:
        key = dice.choice([*self.access, Key("none", self.shops[0], 2**40)])
        got = key.shop.ask("sku_query_v3", {}, token=key.text)
        if key.text == "none":
            assert got.codes == ["Authentication Fail:access token invalid"]
        elif self.now_s() >= key.until_s:
            assert got.codes == ["Authentication Fail:access token expired"]
        else:
            assert [row["MFSKUID"] for row in got.data] == list(key.shop.book.skus)
