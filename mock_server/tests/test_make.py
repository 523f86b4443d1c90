"""make.py: the first file that a newcomer runs."""

import ast
import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

MAKE = Path(__file__).parents[2] / "make.py"


def loaded() -> Any:
    """make.py as a module, with nothing run."""
    spec = importlib.util.spec_from_file_location("make", MAKE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the parent, see make.py")
def test_serve_becomes_the_server_so_that_a_signal_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    make = loaded()
    became: list[Any] = []
    monkeypatch.setattr(make, "environment", lambda extras: None)
    monkeypatch.setattr(os, "execv", lambda *command: became.append(command))
    make.serve("--port", "0")
    command = str(make.BIN / "oc-sandbox")
    assert became == [(command, [command, "serve", "--port", "0"])]


def test_an_old_python_gets_as_far_as_the_version_check() -> None:
    tree = ast.parse(MAKE.read_text(), feature_version=(3, 6))
    assert not [node for node in tree.body if isinstance(node, ast.AnnAssign)]
    subscripts = (node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation is not None)
    assert not [node.arg for node in subscripts if isinstance(node.annotation, (ast.Subscript, ast.BinOp))]
