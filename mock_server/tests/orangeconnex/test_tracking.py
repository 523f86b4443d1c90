"""Tracking numbers look like their carrier's, and no two orders share one."""

import re

import orjson
import pytest
from calls import an_order, answer
from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox import Sandbox, paths
from oc_sandbox.orangeconnex.parcels import channel_of
from oc_sandbox.orangeconnex.services import services_of
from oc_sandbox.orangeconnex.tracking import CHECKS, tracking_number

CARRIERS = orjson.loads((paths.SCHEMAS / "orangeconnex" / "_shared" / "rates.json").read_bytes())["carriers"]
FORMS = [pytest.param(row["tracking"]["form"], row["tracking"].get("check", ""), id=row["code"]) for row in CARRIERS]
SHAPES = {
    "XDP": r"ZDBB[A-Z]{2}\d{5}",
    "ROYALMAIL": r"[A-Z]{2}\d{9}GB",
    "EVRI": r"H\d{2}[A-Z]\d{12}",
    "YODEL": r"JD\d{16}",
    "DHL": r"00340434\d{12}",
    "GLS": r"\d{11}",
    "AUPOST": r"33[A-Z]{3}\d{18}",
    "PFL": r"PFL\d{10}",
    "USPS": r"94\d{20}",
    "UPS": r"1Z[A-Z0-9]{6}\d{10}",
    "FEDEX": r"\d{12}",
    "OTHERS": r"OC\d{13}",
}


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ("s10", "RR473124829GB"),
        ("gs1", "106141411234567897"),
        ("ups", "1Z12345E1512345676"),
        ("fedex", "986578788855"),
        ("gs1", "4006381333931"),
    ],
    ids=str,
)
def test_check_digits_of_numbers_that_are_known_to_be_right(rule: str, number: str) -> None:
    digits = number.removesuffix("GB")
    assert CHECKS[rule](digits[:-1]) == int(digits[-1])


@pytest.mark.parametrize(("form", "check"), FORMS)
@given(serial=st.integers(0, 10**13 - 1), distance=st.integers(1, 9_999_999))
def test_orders_less_than_ten_million_apart_have_different_numbers(
    form: str, check: str, serial: int, distance: int
) -> None:
    first, second = (tracking_number(form, check, number) for number in (serial, serial + distance))
    assert first != second
    assert len(first) == len(second) == len(form)
    assert not set("#@*") & set(first + second)


@pytest.mark.parametrize("form", [row["tracking"] for row in CARRIERS], ids=lambda form: form["form"])
def test_a_check_digit_has_a_rule_and_a_rule_its_place(form: dict[str, str]) -> None:
    assert form["form"].count("*") == ("check" in form)
    assert "check" not in form or form["check"] in CHECKS


@pytest.mark.parametrize(
    ("region", "sku"),
    [
        ("UK", "OC0000250380015"),
        ("DE", "OC0000250380015"),
        ("AU", "OC0000250294068"),
        ("US-South", "OC0000250380015"),
    ],
)
def test_every_service_gives_a_number_of_its_carriers_kind(region: str, sku: str) -> None:
    sandbox = Sandbox(clock="manual")
    line = {"productList": [{"MFSKUID": sku, "SKUQuantity": 1}], "serviceRegion": region}
    orders = [an_order(service, shippingServiceCode=service, **line) for service in services_of(region)]
    assert answer(sandbox, "place_outbound_order", {"data": orders})["code"] == 0
    sandbox.advance(days=4)
    names = [{"referenceNumber": service} for service in services_of(region)]
    found = answer(sandbox, "outbound_order_query_v2", {"data": {"referenceNumberList": names}})["data"]
    parcels = [parcel for order in found for parcel in order["trackingNumberList"]]
    assert len({parcel["trackingNumber"] for parcel in parcels}) == len(names)
    for parcel in parcels:
        assert re.fullmatch(SHAPES[parcel["LMCarrierCode"]], parcel["trackingNumber"])


@pytest.mark.parametrize("region", ["UK", "DE", "AU", "US-West"])
def test_an_order_and_a_return_whose_numbers_end_alike_travel_under_different_numbers(region: str) -> None:
    channel = channel_of(region, "")
    out = channel.tracking_number("OCO2000030000102GB")
    back = channel.tracking_number("OCR3000030000102GB", comes_back=True)
    assert out != back
    assert len(out) == len(back)
