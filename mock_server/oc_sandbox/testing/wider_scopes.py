"""What a project is told whose fixture of wider scope asks for one that is made anew for each test."""

import re

_MISMATCH = re.compile(r"ScopeMismatch: .*function scoped fixture (oc_\w+) with a (\w+) scoped request")
_WITH = {
    "oc_sandbox": "fresh_sandbox() as sandbox",
    "oc_server": "fresh_sandbox(real_port=True) as sandbox",
    "oc_intercepted": "fresh_sandbox() as sandbox, sandbox.intercept()",
    "oc_respx": "fresh_sandbox() as sandbox, sandbox.respx_router()",
    "oc_sandbox_factory": "fresh_sandbox() as sandbox",
}


def instead(failure: str) -> str:
    """What to write in the place of what has failed; empty where pytest's message is about something else."""
    found = _MISMATCH.search(failure)
    if not found or found[1] not in _WITH:
        return ""
    fixture, scope = found.groups()
    return f"""\
{fixture} gives each test a fresh tenant, and so no fixture of scope "{scope}" can have it. Make the tenant in yours,
and it serves all of its tests:

    import pytest
    from oc_sandbox.testing import fresh_sandbox

    @pytest.fixture(scope="{scope}")
    def shop():
        with {_WITH[fixture]}:
            yield sandbox
"""
