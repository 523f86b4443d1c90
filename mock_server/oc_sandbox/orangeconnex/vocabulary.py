"""The vendor's words for the domain's, read from the API's contract file."""

from typing import Any

from ..catalog import vocabulary
from ..domain.ledger import Bucket, Reason
from ..domain.records import FileStatus, InboundStatus, OutboundStatus, ReturnStatus, SkuStatus, VasStatus
from ..formats import zone_of

_WORDS: dict[str, Any] = vocabulary("orangeconnex")

REGION_COUNTRIES: dict[str, str] = {region: row["country"] for region, row in _WORDS["regions"].items()}
BUCKET_CODES = {bucket: _WORDS["buckets"][bucket.name.lower()]["code"] for bucket in Bucket}
BUCKET_FIELDS = {bucket: _WORDS["buckets"][bucket.name.lower()]["field"] for bucket in Bucket}
AGE_BRACKETS: list[tuple[int, str]] = [(row["first_day"], row["text"]) for row in _WORDS["age_brackets"]]
REASON_CODES = {reason: _WORDS["movement_reasons"][reason.name.lower()]["code"] for reason in Reason}
REASON_TEXTS = {reason: _WORDS["movement_reasons"][reason.name.lower()]["text"] for reason in Reason}
OUTBOUND_STATUSES = {status: _WORDS["outbound_statuses"][status.value]["text"] for status in OutboundStatus}
INBOUND_STATUSES = {status: _WORDS["inbound_statuses"][status.value]["text"] for status in InboundStatus}
VAS_STATUSES = {status: _WORDS["vas_statuses"][status.value]["text"] for status in VasStatus}
FILE_STATUSES = {status: _WORDS["file_statuses"][status.value]["text"] for status in FileStatus}
RETURN_STATUSES = {status: _WORDS["return_statuses"][status.value]["text"] for status in ReturnStatus}
RETURN_WAREHOUSES: dict[str, str] = {region: row["code"] for region, row in _WORDS["return_warehouses"].items()}
SKU_STATUSES = {status: _WORDS["sku_statuses"][status.value]["text"] for status in SkuStatus}
BY_TRUCK, EXPRESS = (str(_WORDS["shipping_methods"][name]["code"]) for name in ("truck", "express"))
ESTIMATE_REGIONS: dict[str, str] = {name: row["region"] for name, row in _WORDS["estimate_regions"].items()}
LIFETIMES_S: dict[str, int] = {what: row["seconds"] for what, row in _WORDS["lifetimes"].items()}
TOKENS_KEPT: dict[str, int] = {what: row["newest"] for what, row in _WORDS["lifetimes"].items()}
REPLY_ZONE = zone_of(_WORDS["reply_zone"]["offset"])


def number(kind: str, serial: int, region: str = "") -> str:
    """The `serial`th number of a kind (mf_sku_id, outbound_order, …); country and warehouse in it are the region's."""
    row = _WORDS["numbers"][kind]
    places = {"country": REGION_COUNTRIES.get(region, ""), "return_warehouse": RETURN_WAREHOUSES.get(region, "")}
    return str(row["form"].format(serial=row["first"] + serial, **places))
