"""A curl line makes the call that it was made from, however odd that was."""

import http.client
import shlex
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest
from oc_sandbox.remote import RemoteSandbox
from servers import running_server

CREATION = "/openapi/3pp/outbound/v1/creation"
ODD = {
    "brackets": ("GET", "/api/v1/external/products?search=[1-3]&of={a,b}", {}, ""),
    "a path with reserved characters and Chinese": ("GET", "/api/v1/external/products/a%20b%3F%23%E4%B8%AD%25", {}, ""),
    "a body that is not said to be anything": ("POST", CREATION, {}, '{"data":[]}'),
    "a body like a file's name": ("POST", CREATION, {"content-type": "text/plain"}, "@/dev/null"),
}


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is needed")
def test_run_by_a_shell_it_makes_the_same_call_once() -> None:
    with running_server() as (url, _), RemoteSandbox(url) as sandbox:
        keys = {"clientKey": sandbox.client_key, "x-api-key": sandbox.describe()["mercozy_api_key"]}
        for method, path, headers, body in ODD.values():
            connection = http.client.HTTPConnection(urlsplit(url).netloc)
            connection.request(method, path, body.encode(), {**keys, **headers})
            connection.getresponse().read()
            connection.close()
        made = sandbox.calls
        assert len(made) == len(ODD)
        for call in made:
            subprocess.run(shlex.split(call["curl"]), stdout=subprocess.DEVNULL, check=True)
        wanted = [sent(call) for call in made]
        assert [sent(call) for call in sandbox.calls[len(made) :]] == wanted


def sent(call: dict[str, object]) -> list[object]:
    """What of a call does not hang on the program that makes it."""
    request = call["request"]
    assert isinstance(request, dict)
    told = [request[name] for name in ("method", "path", "query", "body")]
    return [*told, request["headers"].get("content-type")]
