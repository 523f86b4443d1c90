"""Which parcels are taken on for pricing, and what is kept of them."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.domain.records import SkuStatus
from oc_sandbox.domain.world import World

Send = Callable[..., Any]
MEASURES = {"height": 1, "length": 2.5, "weight": 300, "width": 4}


def ask(send: Send, sku: dict[str, Any] | None = None, **data: Any) -> Any:
    given: dict[str, Any] = {
        "consigneeCountryCode": "DE",
        "consigneePostCode": "10115",
        "referenceId": "r-1",
        "serviceRegion": "DE",
        "skuType": True,
        "skuList": [{"skuId": "OC0000012220012", "pieceQuantity": 2, **(sku or {})}],
    }
    return send("cost_estimation_request", {"data": {**given, **data}})


def world_of(sandbox: Sandbox) -> World:
    world: World = next(sandbox.tenant.accounts["orangeconnex"].worlds())
    return world


def test_the_request_is_kept_under_its_reference_with_its_defaults(sandbox: Sandbox, send: Send) -> None:
    assert ask(send)["data"] == {"referenceId": "r-1"}
    kept = orjson.loads(world_of(sandbox).estimates["r-1"].details)
    assert (kept["serviceType"], kept["mfservice"], kept["intlSelfPayment"]) == ("EF", False, True)


def test_a_refused_request_leaves_its_reference_free(sandbox: Sandbox, send: Send) -> None:
    assert ask(send, {"skuId": "OC0"})["errors"][0]["code"] == "400511"
    assert "r-1" not in world_of(sandbox).estimates
    assert ask(send)["code"] == 0


def test_a_sku_must_be_reviewed(sandbox: Sandbox, send: Send) -> None:
    skus = world_of(sandbox).skus
    skus["OC0000012220012"] = skus["OC0000012220012"]._replace(status=SkuStatus.DRAFT)
    assert ask(send)["errors"][0]["code"] == "400512"


@pytest.mark.parametrize("sku_type", [False, None], ids=["false", "missing"])
def test_own_skus_need_no_catalogue_but_measures(send: Send, sku_type: bool | None) -> None:
    assert ask(send, {"skuId": "MUG", **MEASURES}, skuType=sku_type)["code"] == 0
    for name in MEASURES:
        measures = {**MEASURES, name: None}
        reply = ask(send, {"skuId": "MUG", **measures}, skuType=sku_type, referenceId=name)
        assert reply["errors"] == [{"code": "400002", "message": f"{name} 不能为空!"}]


@pytest.mark.parametrize(
    ("region", "service", "taken"),
    [
        ("DE", "DEDomesticStandard", True),
        ("AU-Sydney", "AUDomesticFreight", True),
        ("AU", "AUDomesticFreight", True),
        ("AU-Melbourne", "AU_PFLOnly", True),
        ("AU-Melbourne", "AUDomesticFreight", False),
        ("AU-MEL", "AUDomesticFreight", False),
        ("DE", "GBDomesticStandard", False),
    ],
)
def test_a_service_must_be_the_regions(send: Send, region: str, service: str, taken: bool) -> None:
    reply = ask(send, serviceRegion=region, shippingServiceCode=[service])
    assert reply["code"] == (0 if taken else 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"serviceRegion": "FR"},
        {"consigneeCountryCode": "DEU"},
        {"consigneePostCode": ""},
        {"referenceId": None},
        {"shippingServiceCode": "DEDomesticStandard"},
        {"skuList": [{"skuId": "OC0000012220012", "pieceQuantity": 1e29}]},
        {"skuList": [{"skuId": "OC0000012220012", "pieceQuantity": 0}]},
        {"skuList": [{}]},
        {"skuList": ["OC0000012220012"], "skuType": False},
        {"skuType": "true"},
    ],
    ids=str,
)
def test_a_malformed_parcel_is_a_parameter_error(send: Send, wrong: dict[str, Any]) -> None:
    assert ask(send, **wrong)["code"] == 3


def test_a_parcel_without_skus_is_let_through(send: Send) -> None:
    assert ask(send, skuList=[])["code"] == 0
    assert ask(send, skuList=None, referenceId="r-2", messageId="商品\u0000")["code"] == 0
