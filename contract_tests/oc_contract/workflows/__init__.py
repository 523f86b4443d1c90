"""Random use of a server, held against a small model of its own: a state machine for each domain, and one over all."""

from .everything import DOMAINS
from .flow import Flow, Menu, Missing, Reply, Settings, Wrong
from .machine import Machine
from .running import PROFILES, WorkflowResult, run_workflows

__all__ = [
    "DOMAINS",
    "PROFILES",
    "Flow",
    "Machine",
    "Menu",
    "Missing",
    "Reply",
    "Settings",
    "WorkflowResult",
    "Wrong",
    "run_workflows",
]
