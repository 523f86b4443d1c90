"""Servers that are not ours: which of them may be called, and with whose credentials."""

import base64
import ipaddress
import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from oc_sandbox.catalog import catalog

from .targets import Http, Keys, Request, Unreachable

NOT_PRODUCTION = frozenset(
    {"stage", "staging", "pre", "prerelease", "preprod", "preview", "test", "testing", "uat", "dev", "sandbox"}
)
"""Words of a host's name, between its dots and hyphens, that say it is no production host. `pr` is not among them:
nobody knows what it stands for in openapi-pr-cn."""
PRODUCTION_SWITCH = "OC_PRODUCTION_HOST"
SIGNINGS = ("stage", "production")


class Refusal(Exception):
    """The run must not be made, or lacks something. The message says what to do."""


def checked_url(url: str, option: str = "--target") -> str:
    """The root URL of a server that an option names. Errors: Refusal."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal(f"{option} must be an http address such as http://127.0.0.1:8400, not {url!r}")
    if parts.username is not None or parts.password is not None:
        raise Refusal(f"{option} must not bear a user name or a password")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Refusal(f"{option} must be the address alone, without path and query: http://127.0.0.1:8400")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_production(host: str) -> bool:
    """Whether a host counts as production: any that is not this machine and does not say that it is something else."""
    return not is_loopback(host) and not NOT_PRODUCTION.intersection(re.split(r"[.-]", host.lower()))


def check_host(host: str, switch: str, environment: Mapping[str, str]) -> None:
    """Production is called only where two switches name it. Errors: Refusal."""
    if not is_production(host) or switch.lower() == environment.get(PRODUCTION_SWITCH, "").lower() == host.lower():
        return
    raise Refusal(
        f"{host} counts as a production host, and is left alone. If it is none, or you mean it: both"
        f" --production-host {host} and {PRODUCTION_SWITCH}={host} in the environment"
    )


def keys_from(environment: Mapping[str, str], *, needs: frozenset[str]) -> Keys:
    """Credentials for the APIs in `needs`. The access token may be missing where a refresh token is there.

    Errors: Refusal, naming what is missing.
    """
    missing = []
    if "orangeconnex" in needs:
        missing += [name for name in ("OC_CLIENT_KEY", "OC_SECRET_KEY") if not environment.get(name)]
        if not environment.get("OC_ACCESS_TOKEN") and not environment.get("OC_REFRESH_TOKEN"):
            missing.append("OC_ACCESS_TOKEN or OC_REFRESH_TOKEN")
    if "mercozy" in needs and not environment.get("MERCOZY_API_KEY"):
        missing.append("MERCOZY_API_KEY")
    if missing:
        raise Refusal(f"credentials are missing; put into the environment: {', '.join(missing)}")
    signing = environment.get("OC_SIGNING", "production")
    if signing not in SIGNINGS:
        raise Refusal(f"OC_SIGNING must be one of {', '.join(SIGNINGS)}, not {signing!r}")
    read = environment.get
    return Keys(
        read("OC_CLIENT_KEY", ""),
        read("OC_SECRET_KEY", ""),
        read("OC_ACCESS_TOKEN", ""),
        read("MERCOZY_API_KEY", ""),
        signing,
    )


def refreshed(http: Http, refresh_token: str) -> Keys:
    """The keys with a fresh access token, as the handbook tells to get one. Errors: Unreachable, Refusal."""
    operation = catalog().operations["oauth_refresh_access_token"]
    keys = http.keys
    query = {"grant_type": "refresh_token", "client_id": keys.client_key, "refresh_token": refresh_token}
    secret = base64.b64encode(f"{keys.client_key}:{keys.secret_key}".encode()).decode()
    headers = {"Authorization": f"Bearer {secret}"}
    answer = http.send(Request(operation.name, operation.method, operation.path, urlencode(query), headers, b""))
    try:
        return keys._replace(access_token=str(json.loads(answer.body)["access_token"]))
    except (ValueError, KeyError, TypeError) as error:
        words = f"{http.root_url} gave no access token for OC_REFRESH_TOKEN (HTTP {answer.status})"
        raise Refusal(words) from error


def is_sandbox(http: Http) -> bool:
    """Whether a sandbox of ours answers. Errors: Unreachable."""
    answer = http.send(Request("", "GET", "/_sandbox/health", "", {}, b""))
    if answer.status == 429:
        raise Unreachable(f"{http.root_url} is rate limited: HTTP 429 to the first call")
    try:
        told = json.loads(answer.body)
    except ValueError:
        return False
    return answer.status == 200 and isinstance(told, dict) and "contract_version" in told
