"""The report as JUnit XML: a suite for each operation, a case for each run; and one for the client report."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from .as_text import GRADE_WORDS, call_line

# What XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Value = Mapping[str, Any]


def junit_report(report: Value) -> bytes:
    """The report's JSON value as a document in UTF-8."""
    root = ET.Element("testsuites", {"name": "oc-sandbox challenge"})
    for name in dict.fromkeys(run["name"].partition(":")[0] for run in report["runs"]):
        runs = [run for run in report["runs"] if run["name"].partition(":")[0] == name]
        suite = ET.SubElement(root, "testsuite", {"name": name})
        for run in runs:
            _case(suite, run)
    suite = ET.SubElement(root, "testsuite", {"name": "undisturbed"})
    for finding in report["client_report"]["findings"]:
        _finding(suite, finding)
    if not len(suite):
        ET.SubElement(suite, "testcase", {"classname": "challenge.undisturbed", "name": "no findings"})
    _sum_up(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _case(suite: ET.Element, run: Value) -> None:
    attributes = {"classname": f"challenge.{suite.get('name')}", "name": run["name"], "time": f"{run['took_s']:.3f}"}
    case = ET.SubElement(suite, "testcase", attributes)
    if run["bad"]:
        failure = ET.SubElement(case, "failure", {"type": run["outcome"], "message": _clean(run["why"])})
        lines = [run["says"], f"evidence: {GRADE_WORDS[run['grade']]}", f"fix: {run['fix']}", ""]
        lines += [line for call in run["calls"] for line in (call_line(call), call["curl"])]
        failure.text = _clean("\n".join(lines))
    elif run["outcome"] == "untried":
        ET.SubElement(case, "skipped", {"message": _clean(run["why"])})


def _finding(suite: ET.Element, finding: Value) -> None:
    name = _clean(f"{finding['check']}: {finding['says']}")
    case = ET.SubElement(suite, "testcase", {"classname": "challenge.undisturbed", "name": name})
    kind = "skipped" if finding["severity"] == "note" else "failure"
    ET.SubElement(case, kind, {"type": finding["severity"], "message": _clean(f"{finding['says']} {finding['fix']}")})


def _sum_up(root: ET.Element) -> None:
    for suite in root:
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", "0")
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
