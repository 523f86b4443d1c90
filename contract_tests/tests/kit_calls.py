"""What the kit's own tests share."""

from oc_sandbox.catalog import catalog

OPERATIONS = [
    operation
    for operation in catalog().operations.values()
    if operation.api.name == "orangeconnex"
    and operation.group != "files"
    and "client_id" not in operation.auth  # logins and codes are a workflow's
]
