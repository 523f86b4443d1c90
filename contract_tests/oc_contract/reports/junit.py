"""The report as JUnit XML: a suite for each operation, a case for each finding.

Drift, and what could not be tried, count as skipped.
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from ..verifying import Report, Told
from .counts import where

# What XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(report: Report) -> bytes:
    """The report, as a document in UTF-8."""
    root = ET.Element("testsuites", {"name": f"oc-sandbox verify, {where(report)}"})
    by_operation: dict[str, list[Told]] = {}
    for told in report.findings:
        by_operation.setdefault(told.operation, []).append(told)
    for name, findings in by_operation.items():
        suite = _suite(root, report, name, findings)
        for told in findings:
            _case(suite, told)
    if report.ended:
        suite = ET.SubElement(
            root, "testsuite", {"name": "run", "tests": "1", "failures": "0", "errors": "1", "skipped": "0"}
        )
        case = ET.SubElement(suite, "testcase", {"classname": "oc_contract.run", "name": "the run came to its end"})
        ET.SubElement(case, "error", {"type": report.ended, "message": _clean(report.words)})
    _sum_up(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _suite(root: ET.Element, report: Report, name: str, findings: list[Told]) -> ET.Element:
    outcomes = [told.outcome for told in findings]
    return ET.SubElement(
        root,
        "testsuite",
        {
            "name": name,
            "tests": str(len(findings)),
            "failures": str(outcomes.count("failed")),
            "errors": "0",
            "skipped": str(outcomes.count("drift") + outcomes.count("untried")),
            "time": f"{sum(told.took_s for told in findings):.6f}",
            "timestamp": report.started_at,
        },
    )


def _case(suite: ET.Element, told: Told) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": f"oc_contract.{told.operation}.{told.axis}",
            "name": _clean(told.name),
            "time": f"{told.took_s:.6f}",
        },
    )
    if told.outcome == "failed":
        element = ET.SubElement(case, "failure", {"type": told.evidence, "message": _clean(told.problem)})
        element.text = _clean("\n".join(_details(told)))
    elif told.outcome in ("drift", "untried"):
        ET.SubElement(case, "skipped", {"type": told.outcome, "message": _clean(f"{told.outcome}: {told.problem}")})


def _details(told: Told) -> Iterable[str]:
    return (f"expected: {told.expected}", f"problem: {told.problem}", f"came: {told.came}", "", *told.replay)


def _sum_up(root: ET.Element) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
