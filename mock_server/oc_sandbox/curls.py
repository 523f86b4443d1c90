"""A call as a command line."""

import shlex

_LEFT_TO_CURL = {"host", "content-length", "user-agent", "accept", "accept-encoding", "connection"}


def curl(method: str, root_url: str, path: str, query: str, headers: dict[str, str], body: bytes) -> str:
    """A command line that makes the call, quoted for a POSIX shell."""
    url = f"{root_url}{path}{'?' + query if query else ''}"
    words = ["curl", "-sS", "-X", method, shlex.quote(url)]
    for name, value in headers.items():
        if name.lower() not in _LEFT_TO_CURL:
            words += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name};")]
    if body:
        words += ["--data-binary", shlex.quote(body.decode("utf-8", "replace"))]
    return " ".join(words)
