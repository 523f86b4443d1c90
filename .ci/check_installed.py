"""Asks an installed sandbox for a documented answer. Run by the Python of the environment that it is installed in."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import oc_sandbox

WANTED = {
    "code": 4,
    "data": [],
    "errors": [
        {
            "code": "400448",
            "id": "TEST_123456789",
            "message": "商品:OC0000250276174 库存不足",
            "referenceNumber": "TEST_123456789",
        }
    ],
    "messageId": "123456789",
    "success": False,
}


def main(checkout: str) -> None:
    """Start the server, make the call that it prints for the stock-short sample, look at the answer."""
    if Path(oc_sandbox.__file__).is_relative_to(checkout):
        sys.exit(f"oc_sandbox was imported from the checkout: {oc_sandbox.__file__}")
    command = str(Path(sys.executable).parent / "oc-sandbox")
    with subprocess.Popen([command, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        try:
            first_line = server.stdout.readline() if server.stdout else ""
            url = first_line.removeprefix("OC_SANDBOX_URL=").strip()
            wanted = ["curl", "place_outbound_order", "--exchange", "stock_short", "--url", url]
            answer = make_call(subprocess.run([command, *wanted], capture_output=True, text=True, check=True).stdout)
        finally:
            server.terminate()
    if answer != WANTED:
        sys.exit(f"the installed sandbox answered {answer!r}")
    verified = subprocess.run([command, "verify", "--profile", "smoke"], capture_output=True, text=True, check=False)
    if verified.returncode:
        sys.exit(f"the installed kit says of the fake:\n{verified.stdout}{verified.stderr}")
    print(verified.stdout.splitlines()[-1])
    print(f"the wheel, installed elsewhere, answers: {json.dumps(answer, ensure_ascii=False)}")


def make_call(curl: str) -> object:
    """What a curl command would do; a fresh machine may have no curl."""
    words = shlex.split(curl)
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    body = words[words.index("--data-binary") + 1].encode()
    (url,) = (word for word in words if word.startswith("http://"))
    with urlopen(Request(url, body, headers, method="POST"), timeout=10) as reply:
        return json.load(reply)


if __name__ == "__main__":
    main(sys.argv[1])
