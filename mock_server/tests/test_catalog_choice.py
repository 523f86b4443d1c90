"""Operations that share a method and path."""

from dataclasses import replace

import pytest
from oc_sandbox.catalog import Catalog, CatalogError, catalog


def test_a_parameter_tells_them_apart_and_the_rest_goes_to_the_one_without() -> None:
    def find(**parameters: str) -> str:
        found = catalog().find("POST", "/oauth/token", lambda: parameters)
        assert found is not None
        return found[0].name

    assert find(grant_type="refresh_token") == "oauth_refresh_access_token"
    assert find(grant_type="authorization_code") == "oauth_access_token"
    assert find(grant_type="anything") == find() == "oauth_access_token"


def test_the_parameters_of_other_paths_are_not_read() -> None:
    def read() -> dict[str, str]:
        raise AssertionError

    operation = catalog().operations["stock_snapshot_v2"]
    assert catalog().find(operation.method, operation.path, read) == (operation, {})


@pytest.mark.parametrize("name", ["oauth_access_token", "oauth_refresh_access_token"])
def test_two_that_nothing_tells_apart_stop_the_start(name: str) -> None:
    operation = catalog().operations[name]
    with pytest.raises(CatalogError, match="selected_by"):
        Catalog({}, {"a": operation, "b": replace(operation, name="b")})
