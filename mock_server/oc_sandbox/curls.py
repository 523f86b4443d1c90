"""A call as a command line, and several of them with what they share in variables."""

import re
import shlex
from collections.abc import Iterable, Mapping
from urllib.parse import quote

_LEFT_TO_CURL = {"host", "content-length", "user-agent", "accept", "accept-encoding", "connection"}
_OF_PATHS = "/:@!$&'()*+,;="
"""Letters and digits aside, what a path has as it is (RFC 3986, 3.3)."""
_TOKEN = re.compile(r"(refresh_token\W+)?(eyJ[\w-]+\.[\w-]+\.[\w-]{100,})")
"""A token of the vendor's length, and what tells a refresh token; shorter ones are read at a glance."""
_LIVE_IN_DOUBLE_QUOTES = re.compile(r'["$`\\!]')
_NEEDLESS_BRACES = re.compile(r"\$\{(\w+)\}(?=[ &]|$)")


def curl(method: str, root_url: str, path: str, query: str, headers: dict[str, str], body: bytes) -> str:
    """A command line that makes the call, quoted for a POSIX shell. `path` is decoded, `query` as sent."""
    url = f"{root_url}{quote(path, safe=_OF_PATHS)}{'?' + query if query else ''}"
    # Of [1-3] and {a,b} curl would make several calls.
    literally = ["-g"] if set(url) & set("[]{}") else []
    words = ["curl", "-sS", *literally, "-X", method, shlex.quote(url)]
    for name, value in headers.items():
        if name.lower() not in _LEFT_TO_CURL:
            words += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name};")]
    if body:
        if not any(name.lower() == "content-type" for name in headers):
            words += ["-H", "content-type:"]  # none, where curl would say that it is a form
        # After the other one @ stands before a file's name.
        words += [
            "--data-raw" if body.startswith(b"@") else "--data-binary",
            shlex.quote(body.decode("utf-8", "replace")),
        ]
    return " ".join(words)


def quoted(text: str, variables: Mapping[str, str]) -> str:
    """A word for the shell, with variables in the places of their texts; `variables` are names by text."""
    if not any(value in text for value in variables):
        return shlex.quote(text)
    longest_first = sorted(variables, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    if _LIVE_IN_DOUBLE_QUOTES.search("".join(parts[::2])):
        return "".join(
            f'"${variables[part]}"' if index % 2 else shlex.quote(part) for index, part in enumerate(parts) if part
        )
    within = "".join(f"${{{variables[part]}}}" if index % 2 else part for index, part in enumerate(parts))
    return '"' + _NEEDLESS_BRACES.sub(r"$\1", within) + '"'


def shared_tokens(lines: Iterable[str]) -> dict[str, str]:
    """The names of variables for the tokens in command lines, by token: OC_ACCESS_TOKEN, OC_ACCESS_TOKEN_2, …"""
    names: dict[str, str] = {}
    for line in lines:
        for refreshes, token in _TOKEN.findall(line):
            name = "OC_REFRESH_TOKEN" if refreshes else "OC_ACCESS_TOKEN"
            before = sum(known.startswith(name) for known in names.values())
            names.setdefault(token, f"{name}_{before + 1}" if before else name)
    return names


def with_variables(line: str, variables: Mapping[str, str]) -> str:
    """A command line as `curl` gives it, with variables in the places of their texts."""
    if not any(value in line for value in variables):
        return line
    return " ".join(quoted(word, variables) for word in shlex.split(line))
