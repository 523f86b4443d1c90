"""The cases as tests: `pytest --pyargs oc_contract.suite`; conftest.py lists the OC_ variables that it reads."""
