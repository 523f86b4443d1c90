"""Orders as the web shop gives them."""

from typing import Any


def order(reference: str, sku: str = "OC0000250380015", pieces: int = 1) -> dict[str, Any]:
    """An order of one SKU, in the warehouse's words."""
    return {
        "referenceNumber": reference,
        "orderPlatform": "OTHERS",
        "serviceRegion": "UK",
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCity": "Brighton",
        "consigneeCountryCode": "GB",
        "consigneeZipCode": "BN2 5ES",
        "consigneePhone": "7700900123",
        "consigneeEmail": "alex@example.com",
        "currency": "GBP",
        "incoterms": "DDP",
        "productList": [{"MFSKUID": sku, "declaredValue": 1200, "SKUQuantity": pieces, "currency": "GBP"}],
    }
