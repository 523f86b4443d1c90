"""The vendor's words for the domain's, read from the API's contract file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..catalog import vocabulary
from ..domain.durations import HOUR, MINUTE
from ..domain.ledger import Bucket, Reason
from ..domain.records import FileStatus, InboundStatus, OutboundStatus, ReturnStatus, SkuStatus, VasStatus
from ..domain.working_hours import WorkingHours
from ..formats import zone_of

_WORDS: dict[str, Any] = vocabulary("orangeconnex")

REGION_COUNTRIES: dict[str, str] = {region: row["country"] for region, row in _WORDS["regions"].items()}
BUCKET_CODES = {bucket: _WORDS["buckets"][bucket.name.lower()]["code"] for bucket in Bucket}
BUCKET_FIELDS = {bucket: _WORDS["buckets"][bucket.name.lower()]["field"] for bucket in Bucket}
AGE_BRACKETS: list[tuple[int, str]] = [(row["first_day"], row["text"]) for row in _WORDS["age_brackets"]]
REASON_CODES: dict[Reason, str | None] = {
    reason: _WORDS["movement_reasons"][reason.name.lower()]["code"] for reason in Reason
}
REASON_TEXTS = {reason: _WORDS["movement_reasons"][reason.name.lower()]["text"] for reason in Reason}
OUTBOUND_STATUSES = {status: _WORDS["outbound_statuses"][status.value]["text"] for status in OutboundStatus}
TROUBLE_REMARKS = {row["remark"]: OutboundStatus(trouble) for trouble, row in _WORDS["outbound_troubles"].items()}
SKU_TROUBLE_WORDS = {row["description"]: SkuStatus(trouble) for trouble, row in _WORDS["sku_troubles"].items()}
INBOUND_STATUSES = {status: _WORDS["inbound_statuses"][status.value]["text"] for status in InboundStatus}
VAS_STATUSES = {status: _WORDS["vas_statuses"][status.value]["text"] for status in VasStatus}
FILE_STATUSES = {status: _WORDS["file_statuses"][status.value]["text"] for status in FileStatus}
RETURN_STATUSES = {status: _WORDS["return_statuses"][status.value]["text"] for status in ReturnStatus}
RETURN_WAREHOUSES: dict[str, str] = {region: row["code"] for region, row in _WORDS["return_warehouses"].items()}
SKU_STATUSES = {status: _WORDS["sku_statuses"][status.value]["text"] for status in SkuStatus}
FREIGHT, HANDLING = (str(_WORDS["fee_types"][name]["code"]) for name in ("freight", "handling"))
BY_TRUCK, EXPRESS = (str(_WORDS["shipping_methods"][name]["code"]) for name in ("truck", "express"))
ESTIMATE_REGIONS: dict[str, str] = {name: row["region"] for name, row in _WORDS["estimate_regions"].items()}
LIFETIMES_S: dict[str, int] = {what: row["seconds"] for what, row in _WORDS["lifetimes"].items()}
TOKENS_KEPT: dict[str, int] = {what: row["newest"] for what, row in _WORDS["lifetimes"].items()}
REPLY_ZONE = zone_of(_WORDS["reply_zone"]["offset"])


def _second_of_day(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


WORKING_HOURS: Mapping[str, WorkingHours] = MappingProxyType(
    {
        region: WorkingHours(
            ahead_s=int(zone_of(row["offset"]).utcoffset(None).total_seconds()),
            begins_s=_second_of_day(row["begins"]),
            cut_off_s=_second_of_day(row["cut_off"]),
            weekdays=frozenset(row["weekdays"]),
        )
        for region, row in _WORDS["working_hours"].items()
    }
)
"""By region: when its warehouse works on outbound orders."""


def number(kind: str, serial: int, region: str = "") -> str:
    """The `serial`th number of a kind (mf_sku_id, outbound_order, …); country and warehouse in it are the region's."""
    row = _WORDS["numbers"][kind]
    places = {"country": REGION_COUNTRIES.get(region, ""), "return_warehouse": RETURN_WAREHOUSES.get(region, "")}
    return str(row["form"].format(serial=row["first"] + serial, **places))
