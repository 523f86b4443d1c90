"""What workflows claim: a reply that somebody changed on its way is told, by the domain that knows better."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis.stateful import rule
from oc_contract.targets import Answer, InProcess, Request
from oc_contract.workflows import DOMAINS, Machine, looking, run_workflows
from oc_contract.workflows.flow import Flow

Change = Callable[[Any], Any]


def tampering(operation: str, change: Change) -> type[InProcess]:
    """The fake, whose successes of an operation somebody changes."""

    class Tampering(InProcess):
        def send(self, request: Request) -> Answer:
            answer = super().send(request)
            if request.operation != operation or answer.status != 200 or not answer.body.startswith(b"{"):
                return answer
            body = orjson.loads(answer.body)
            return answer._replace(body=orjson.dumps(change(body) or body))

    return Tampering


def every_piece_is_old(body: Any) -> None:
    for row in body["data"]["SKUList"]:
        counts = [age["quantity"] for age in row["ageList"]]
        for age, count in zip(row["ageList"], counts[-1:] + counts[:-1], strict=True):
            age["quantity"] = count


def a_cent_more(body: Any) -> None:
    for row in body.get("data", ()):
        row["ebayFee"] += 0.01


def another_weight(body: Any) -> None:
    for row in body.get("data", ()):
        for channel in row["freightTrialChannelResults"]:
            channel["chargeableWeight"] = "1.0000"


def parcels_for_nothing(body: Any) -> None:
    for order in body["data"]:
        for parcel in order["trackingNumberList"]:
            parcel["feeAmount"] = 0


def the_first_carton_only(body: Any) -> None:
    for row in body["data"]["inboundOrderList"]:
        row["cartonList"] = [row["cartonList"][0] | {"sellerCartonNumber": "C2"}]


def papers_of_nobody(body: Any) -> None:
    if body["result"]:
        body["result"]["labelUrl"] = body["result"]["labelUrl"].replace("OCR", "OCX")


def all_linked(body: Any) -> None:
    if body["result"]:
        body["result"] |= {"successCount": body["result"]["requestCount"], "failedCount": 0, "failedList": []}


@pytest.mark.parametrize(
    ("domain", "operation", "change", "claim"),
    [
        ("stock", "get_stock_age", every_piece_is_old, "pieces are as old as they must be"),
        ("pricing", "sync_freight_estimate", a_cent_more, "sums follow the table"),
        ("pricing", "sync_freight_estimate", another_weight, "tells the weight"),
        ("outbound", "outbound_order_query_v2", parcels_for_nothing, "the fee is the table's"),
        ("inbound", "inbound_label_query", the_first_carton_only, "a row for each order asked for, with its cartons"),
        ("returns", "returns_get_label", papers_of_nobody, "gives the address of the paper asked for"),
        ("returns", "returns_link_sku", all_linked, "links every piece, and tells what it does not find"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_reply_that_somebody_changed_is_told(domain: str, operation: str, change: Change, claim: str) -> None:
    (result,) = run_workflows(tampering(operation, change), domains=[domain])
    assert result.claim.startswith(f"{operation}: {claim}")
    assert len(result.requests) <= 6


@pytest.mark.parametrize(
    ("domain", "name", "ignored", "claim"),
    [
        ("mercozy", "list_inventory", "lowStock=true", "list_inventory: only what is below its threshold"),
        ("inbound", "inbound_order_detail_query", "startTime", "a window narrows what numbers find"),
        ("oauth", "oauth_refresh_access_token", "Authorization", "client credentials must be right"),
        ("outbound", "outbound_order_query_v2", "ebayOrderIdList", "outbound_order_query_v2: succeeds and refuses"),
    ],
)
def test_a_server_that_does_not_look_at_something_is_told(domain: str, name: str, ignored: str, claim: str) -> None:
    class Careless(InProcess):
        def send(self, request: Request) -> Answer:
            if request.operation == name:
                headers = {key: value for key, value in request.headers.items() if key != ignored}
                query = request.query.replace(f"&{ignored}", "")
                body = request.body.replace(f'"{ignored}"'.encode(), b'"other"')
                request = request._replace(headers=headers, query=query, body=body)
            return super().send(request)

    (result,) = run_workflows(lambda: Careless(signing="stage"), domains=[domain])
    assert claim in result.claim
    assert len(result.requests) <= 6


class Lost(InProcess):
    """A server that has drawn none of the papers that it tells of."""

    def send(self, request: Request) -> Answer:
        if request.operation == "get_file":
            request = request._replace(path=request.path.replace(".pdf", "-1-1.pdf"))
        return super().send(request)


@pytest.mark.parametrize("domain", ["inbound", "returns"])
def test_a_paper_that_is_not_where_its_address_says_is_told(domain: str) -> None:
    (result,) = run_workflows(Lost, domains=[domain])
    assert result.claim == "get_file: succeeds and refuses as it must"
    assert len(result.requests) <= 4


def nobody_is_called_ada(flow: Flow) -> None:
    flow.same("the service list knows Ada", "Ada", flow.call("get_service_list").data[0]["serviceRegion"])


class Long(DOMAINS["vas"]):  # type: ignore[misc]
    """A domain that goes wrong at the end of a long walk."""

    def walk(self: Machine) -> None:
        for _ in range(60):
            self.do(looking.unknown)
        self.do(nobody_is_called_ada)

    @rule()
    def idle(self) -> None:
        """Nothing more."""


def test_a_failure_at_the_end_of_a_long_walk_is_brought_down_in_a_few_runs() -> None:
    (result,) = run_workflows(InProcess, domains=[Long], replays=30)
    assert result.claim == "the service list knows Ada"
    assert len(result.requests) == 1
