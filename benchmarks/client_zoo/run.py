"""The zoo: which finding names each bug, and that correct clients get none. A table, and exit code 1 where it fails."""

import logging
import sys
from collections import Counter

from zoo_base import after
from zoo_bugs import BUGS
from zoo_correct import CORRECT


def main() -> int:
    """Let every animal work for a day, and judge it."""
    logging.getLogger("oc_sandbox").setLevel(logging.CRITICAL)
    wrong = 0
    print(f"{'bug':44} {'named by':28} {'severity':9} other findings")
    for name, bug in BUGS.items():
        findings = after(bug.client, bug.work).report().findings
        named = [finding for finding in findings if finding.check == bug.check]
        others = Counter(finding.check for finding in findings if finding.check != bug.check)
        wrong += not named
        told = named[0].severity if named else "MISSED"
        print(f"{name:44} {bug.check:28} {told:9} {', '.join(others) or '-'}")
    print(f"\n{'correct client':44} findings")
    for name, (client, work) in CORRECT.items():
        findings = after(client, work).report().findings
        wrong += any(finding.severity != "note" for finding in findings)
        print(f"{name:44} {', '.join(f'{finding.severity} {finding.check}' for finding in findings) or 'none'}")
    print(f"\n{len(BUGS)} bugs, {len(CORRECT)} correct clients, {wrong} wrong verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
