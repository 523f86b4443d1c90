"""A second opinion of the fake: Schemathesis makes up calls from the exported OpenAPI document, and finds nothing.

Run by a Python whose environment has the extra `opinion`. What Schemathesis makes up is the same in every run.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from oc_sandbox.catalog import catalog

BIN = Path(sys.executable).parent
LEAST_CALLS = 4000
# Nothing in the document leads to a code, a token, a file or a label: what these need, only other calls can tell.
NEVER_SUCCEED = {
    "get_file",
    "oauth_access_token",
    "oauth_refresh_access_token",
    "returns_auth_access_token",
    "returns_get_label",
}
SETTINGS = (
    *("--checks", "envelope", "--phases", "examples,coverage,fuzzing", "--max-examples", "3"),
    *("--generation-deterministic", "--suppress-health-check", "all"),
    *("--continue-on-failure", "--warnings", "off", "--request-timeout", "30", "--no-color"),
)


def main() -> None:
    """Start the server, let Schemathesis run, and look whether it has seen anything at all."""
    with tempfile.TemporaryDirectory() as folder:
        told, log = Path(folder, "came.json"), Path(folder, "server.log")
        command = [BIN / "oc-sandbox", "serve", "--port", "0"]
        with log.open("w") as out, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out, text=True) as server:
            try:
                url = server.stdout.readline().strip().removeprefix("OC_SANDBOX_URL=") if server.stdout else ""
                code = opinion(url, Path(folder), told)
            finally:
                server.terminate()
        if code:  # what the server warns of is what it refuses; the rest is worth reading
            print(*(line for line in log.read_text().splitlines() if not line.startswith("WARNING")), sep="\n")
            sys.exit(code)
        look_at(json.loads(told.read_text()))


def opinion(url: str, folder: Path, told: Path) -> int:
    """Schemathesis's exit code; what came of each operation is written to `told`."""
    hooks = {"SCHEMATHESIS_HOOKS": "oc_contract.schemathesis_hooks", "OC_SANDBOX_URL": url, "OC_OPINION": str(told)}
    command = [BIN / "st", "run", f"{url}/_sandbox/openapi.json", *SETTINGS, *sys.argv[1:]]
    return subprocess.run(command, cwd=folder, env={**os.environ, **hooks}, check=False).returncode


def look_at(came: dict[str, int]) -> None:
    """Fail where next to nothing was tried: every call refused for its signature is no opinion."""
    succeeded = {row.partition(" ")[0] for row in came if row.endswith(" success")}
    silent = catalog().operations.keys() - succeeded - NEVER_SUCCEED
    calls = sum(came.values())
    print(f"{calls} calls, {len(succeeded)} of {len(catalog().operations)} operations succeeded at least once")
    if silent or calls < LEAST_CALLS:
        sys.exit(f"too little was tried: at least {LEAST_CALLS} calls are wanted, and a success of {sorted(silent)}")


if __name__ == "__main__":
    main()
