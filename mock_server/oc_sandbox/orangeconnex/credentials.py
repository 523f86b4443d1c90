"""Who calls OrangeConnex: client key, signature, access token, in this order."""

import hashlib
import logging
from base64 import b64decode

from ..call import Call
from ..contract import Operation, Signable
from ..domain.clock import from_ms
from ..domain.world import World
from ..refusal import Refused
from ..tenancy import Tenant, Tenants
from .accounts import Account as Account
from .accounts import open_account as open_account
from .tokens import client_of, expiry_of

NAME = "orangeconnex"
TENANTS_LISTED = "GET /_sandbox/tenants lists them"
AUTH_OPEN = "a tenant whose auth is open does without (serve --auth open)"
log = logging.getLogger("oc_sandbox")


def identify(call: Call, operation: Operation, tenants: Tenants) -> Tenant:
    """The tenant that the clientKey header names; for operations without that header the token's, or the default.

    Where tokens are fetched client_id names it, or the Authorization header; there the documented example of clientKey
    differs from client_id, so it names nobody. The URL of a file has it in its path.
    """
    if "client_id" in operation.auth:
        client_id = _client_id(call)
        if not client_id:
            return _default(tenants, Refused("client_unknown"))
        client = tenants.find(NAME, client_id)
        if client is None:
            raise _refused(call, "client_unknown", f"no tenant has the client_id {client_id!r}; {TENANTS_LISTED}")
        return client
    if "address" in operation.auth:
        client_key, _ = _address_in(call.path)
        addressee = tenants.find(NAME, client_key)
        if addressee is None:
            raise Refused("file_unknown")
        return addressee
    client_key = call.headers.get("clientkey", "")
    if not client_key and "client_key" not in operation.auth:
        token = _bearer(call)
        owner = tenants.find(NAME, client_of(token)) if token else None
        return owner or _default(tenants, Refused("token_invalid" if token else "token_missing"))
    if not client_key:
        raise Refused("client_key_missing")
    tenant = tenants.find(NAME, client_key)
    if tenant is None:
        raise _refused(call, "client_key_unknown", f"no tenant has the clientKey {client_key!r}; {TENANTS_LISTED}")
    return tenant


def _refused(call: Call, error: str, why: str) -> Refused:
    """A refusal whose reason stands in the log: the vendor's own words, which the reply keeps to, tell little."""
    log.warning("%s %s: %s: %s", call.method, call.path, error, why)
    return Refused(error)


def _address_in(path: str) -> tuple[str, str]:
    """Client key and account number out of such a URL's path."""
    client_key, ocid = path.split("/")[2:4]
    return client_key, ocid


def _client_id(call: Call) -> str:
    return call.form_and_query().get("client_id") or (_client_credentials(call) or ("",))[0]


def _client_credentials(call: Call) -> tuple[str, str] | None:
    """Client key and secret of an Authorization header; None where there is none.

    The scheme is Basic; the vendor's own collection (2024) writes Bearer before the same base64. Errors: Refused.
    """
    scheme, _, encoded = call.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() not in ("basic", "bearer"):
        return None
    try:
        client_key, colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        colon = ""
    if colon:
        return client_key, secret
    if scheme.lower() == "basic":
        raise Refused("client_secret_wrong")
    return None  # a token that the client sends along with every call


def check_client(call: Call, tenant: Tenant) -> None:
    """Refuse an OAuth call that names no client, or whose Authorization header is not the client's. Errors: Refused."""
    if not _client_id(call):
        raise Refused("client_unknown")
    if _client_credentials(call) not in (None, (tenant.client_key, tenant.secret_key)):
        raise Refused("client_secret_wrong")


def _default(tenants: Tenants, otherwise: Refused) -> Tenant:
    if tenants.default is None:
        raise otherwise
    return tenants.default


def authenticate(call: Call, operation: Operation, tenant: Tenant) -> Account | World:
    """The world of the token's seller; for the operations that fetch tokens the account itself. Errors: Refused."""
    account: Account = tenant.accounts[NAME]
    if "client_id" in operation.auth:
        check_client(call, tenant)
        return account
    if "address" in operation.auth:
        seller = account.sellers.get(_address_in(call.path)[1])
        if seller is None:
            raise Refused("file_unknown")
        return seller.world
    if "signature" in operation.auth:
        check_signature(call, tenant)
    if "token" not in operation.auth:
        return account.first().world
    token = _bearer(call)
    if not token:
        if tenant.auth == "open":
            return account.first().world
        raise _refused(call, "token_missing", f"it has no Access-Token header; {AUTH_OPEN}")
    grant = account.access.get(token)
    now_s = account.clock.now_s()
    # Of a token that was forgotten, long after it died, the claims still tell that it has expired.
    expires_at_s = grant.expires_at_s if grant else expiry_of(token)
    if expires_at_s is not None and expires_at_s <= now_s:
        died, now = (from_ms(at_s * 1000).isoformat() for at_s in (expires_at_s, now_s))
        raise _refused(call, "token_expired", f"its token expired at {died}; the tenant's clock stands at {now}")
    if grant is None:
        wanted = f"GET /_sandbox/tenants/{tenant.client_key} gives one"
        raise _refused(call, "token_invalid", f"its Access-Token is none of the tenant's; {wanted}")
    return account.sellers[grant.ocid].world


def _bearer(call: Call) -> str:
    """The token of `Bearer <token>`, the word in any case of letters; empty where none is sent. Errors: Refused."""
    word, _, token = call.headers.get("access-token", "").strip().partition(" ")
    if word and word.lower() != "bearer":
        raise _refused(call, "token_invalid", "its Access-Token is not the word Bearer, a space and a token")
    return token.strip()


def end_token(call: Call, tenant: Tenant, how: str) -> None:
    """Let the access token that a call bears be expired or revoked from now on. A call without one stays as it is."""
    account: Account = tenant.accounts[NAME]
    _, _, token = call.headers.get("access-token", "").strip().partition(" ")
    if how == "expired":
        account.access.expire(token.strip(), account.clock.now_s())
    else:
        account.access.revoke(token.strip())


def signed_texts(method: str, body: bytes, signing: str) -> dict[str, bytes]:
    """By mode, what takes the body's place in the signed text. A GET signs an empty text in every mode."""
    if method == "GET":
        return {signing: b""}
    texts = {"production": body, "stage": b""}
    return texts if signing == "either" else {signing: texts[signing]}


def signature(path: str, body: bytes, client_key: str, secret_key: str) -> str:
    """vAuthorization: the lower-case hex MD5 of path|body|clientKey|secretKey."""
    text = b"%b|%b|%b|%b" % (path.encode(), body, client_key.encode(), secret_key.encode())
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def check_signature(call: Call, tenant: Tenant) -> None:
    """Refuse a call that is not signed as the tenant's mode wants it, and say in the log what would have been right."""
    given = call.headers.get("vauthorization", "")
    if not given:
        if tenant.auth == "open":
            return
        raise _refused(call, "signature_missing", f"it has no vAuthorization header; {AUTH_OPEN}")
    texts = signed_texts(call.method, call.body, tenant.signing)
    for body in texts.values():
        if given == signature(call.path, body, tenant.client_key, tenant.secret_key):
            return
    for mode, body in texts.items():
        expected = signature(call.path, body, tenant.client_key, tenant.secret_key)
        signed = f"{call.path}|{body.decode('utf-8', 'replace')}|{tenant.client_key}|<secretKey>"
        log.warning(
            "%s %s: vAuthorization is %r; %s signing wants %s, the MD5 of: %s",
            *(call.method, call.path, given, mode, expected, signed),
        )
    raise Refused("signature_wrong")


def sign(operation: Signable, tenant: Tenant, path: str, body: bytes) -> dict[str, str]:
    """The headers of a good call: everything that the operation asks for."""
    account: Account = tenant.accounts[NAME]
    headers = {}
    if "client_key" in operation.auth:
        headers["clientKey"] = tenant.client_key
    if "signature" in operation.auth:
        text = next(iter(signed_texts(operation.method, body, tenant.signing).values()))
        headers["vAuthorization"] = signature(path, text, tenant.client_key, tenant.secret_key)
    if "token" in operation.auth:
        headers["Access-Token"] = f"Bearer {account.access_token(account.first().ocid)}"
    return headers
