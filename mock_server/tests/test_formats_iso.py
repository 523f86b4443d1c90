"""ISO instants and dates are read alike by every Python."""

from datetime import datetime, timedelta, timezone

import pytest
from oc_sandbox.formats import CHECKS, parse_iso_date_or_instant, parse_iso_instant, write_iso_instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-12-15T10:30:00Z", datetime(2025, 12, 15, 10, 30, tzinfo=timezone.utc)),
        ("2025-12-15T10:30:00.5Z", datetime(2025, 12, 15, 10, 30, 0, 500_000, tzinfo=timezone.utc)),
        ("2025-12-15T10:30:00.123456789Z", datetime(2025, 12, 15, 10, 30, 0, 123_456, tzinfo=timezone.utc)),
        ("2025-12-15T10:30:00+08:00", datetime(2025, 12, 15, 2, 30, tzinfo=timezone.utc)),
        ("2025-12-15T10:30:00-05:30", datetime(2025, 12, 15, 16, tzinfo=timezone.utc)),
    ],
)
def test_an_instant_is_read(text: str, instant: datetime) -> None:
    assert parse_iso_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2025-12-15", "2025-12-15T10:30Z", "2025-12-15T10:30:00", "2025-12-15 10:30:00Z",
        "2025-12-15T10:30:00+0800", "2025-12-15T10:30:00 08:00", "20251215T103000Z", "2025-02-30T00:00:00Z",
        "2025-12-15T24:00:00Z", "2025-12-15T10:30:60Z", "2025-12-15T10:30:00+24:00", "2025-12-15T10:30:00+08:60",
        "2025-12-15T10:30:00.Z", "2025-12-15t10:30:00z", "٢٠٢٥-12-15T10:30:00Z", "0000-01-01T00:00:00Z",
        "2025-12-15T10:30:00Z\n", "2025-12-15T10:30:00Z\0",
    ],
)  # fmt: skip
def test_any_other_spelling_is_no_instant(text: str) -> None:
    assert not CHECKS["iso-instant"](text)


def test_a_bare_date_is_its_first_instant_in_utc() -> None:
    assert parse_iso_date_or_instant("2025-12-15") == datetime(2025, 12, 15, tzinfo=timezone.utc)
    assert not CHECKS["iso-date-or-instant"]("2025-W50-1")


def test_an_instant_is_written_in_utc_with_whole_seconds() -> None:
    singapore = timezone(timedelta(hours=8))
    assert write_iso_instant(datetime(2025, 12, 15, 18, 30, 0, 999_999, singapore)) == "2025-12-15T10:30:00Z"
