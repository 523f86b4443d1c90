"""The report as JUnit XML: a suite for each operation; a finding is a case, which fails unless it is a note."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from .as_text import basis_words

# What XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(report: Mapping[str, Any]) -> bytes:
    """The report's JSON value as a document in UTF-8. An operation without findings is one case that passed."""
    names = [row["operation"] for row in report["operations"]]
    names += [finding["operation"] for finding in report["findings"]]
    root = ET.Element("testsuites", {"name": f"oc-sandbox report, {report['client_key']}"})
    for name in dict.fromkeys(names):
        findings = [finding for finding in report["findings"] if finding["operation"] == name]
        failures = sum(finding["severity"] != "note" for finding in findings)
        counts = {
            "tests": max(len(findings), 1),
            "failures": failures,
            "errors": 0,
            "skipped": len(findings) - failures,
        }
        suite = ET.SubElement(root, "testsuite", {"name": name, **{key: str(count) for key, count in counts.items()}})
        for finding in findings:
            _case(suite, finding)
        if not findings:
            ET.SubElement(suite, "testcase", {"classname": f"client.{name}", "name": "no findings"})
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _case(suite: ET.Element, finding: Mapping[str, Any]) -> None:
    name = f"{finding['check']}: {finding['says']}"
    case = ET.SubElement(suite, "testcase", {"classname": f"client.{finding['operation']}", "name": _clean(name)})
    message = _clean(f"{finding['says']} {finding['fix']}")
    if finding["severity"] == "note":
        ET.SubElement(case, "skipped", {"type": "note", "message": message})
        return
    element = ET.SubElement(case, "failure", {"type": finding["severity"], "message": message})
    lines = [basis_words(basis) for basis in finding["basis"]]
    element.text = _clean("\n".join([*lines, "", *(f"call {call['id']}: {call['curl']}" for call in finding["calls"])]))


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
