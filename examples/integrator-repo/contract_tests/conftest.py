"""The client under test, which knows nothing of a sandbox."""

import pytest
from erp.warehouse import Warehouse


@pytest.fixture
def client_of():
    """`client_of(sandbox)`: the client, with the keys of a tenant."""
    made = []

    def client_of(sandbox):
        told = sandbox.describe()
        keys = [told[name] for name in ("client_key", "secret_key", "access_token", "refresh_token")]
        made.append(Warehouse(*keys, signs_body=told["signing"] != "stage"))
        return made[-1]

    yield client_of
    for client in made:
        client.close()


@pytest.fixture
def warehouse(client_of, oc_intercepted):
    """The client of a fresh tenant, which answers on the vendor's own host."""
    return client_of(oc_intercepted)
