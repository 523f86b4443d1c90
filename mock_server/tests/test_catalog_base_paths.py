"""Each API refuses the unknown paths below its own base path."""

import orjson
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/external", "mercozy"),
        ("/api/v1/external/warehouses", "mercozy"),
        ("/api/v1/externals", "orangeconnex"),
        ("/openapi/3pp/nothing", "orangeconnex"),
        ("/", "orangeconnex"),
        ("/anything", "orangeconnex"),
    ],
)
def test_a_path_is_the_api_s_whose_base_path_fits_best(path: str, name: str) -> None:
    api = catalog().api_of(path)
    assert api is not None
    assert api.name == name


def test_an_unknown_path_is_refused_in_the_manner_of_its_api(sandbox: Sandbox) -> None:
    reply = sandbox.send(Call("GET", "/api/v1/external/warehouses", {}))
    assert reply.status == 404
    assert orjson.loads(reply.body) == {"statusCode": 404, "message": "Resource not found", "error": "Not Found"}


def test_a_known_path_tells_its_methods(sandbox: Sandbox) -> None:
    reply = sandbox.send(Call("DELETE", "/api/v1/external/stock-movements", {}))
    assert reply.status == 405
    assert orjson.loads(reply.body)["statusCode"] == 405
    assert ("allow", "GET, POST") in reply.headers
