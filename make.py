#!/usr/bin/env python3
"""The commands of this repository: `python3 make.py serve`, `python3 make.py test`; alone it lists them.

Needs nothing but Python 3.10 or newer with venv. Makes .venv beside this file at first use and installs into it, so it
works where the system's Python refuses global installs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LEFT_BY_TOOLS = (".venv", "dist", "build", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")


def serve(*arguments: str) -> None:
    """make an environment, install, and start the sandbox (--port 9000, --auth open, ...)"""
    environment("")
    command = [str(BIN / "oc-sandbox"), "serve", *arguments]
    if os.name == "nt":  # there exec would hand the console back while the server still runs
        try:
            call(*command)
        except KeyboardInterrupt:
            sys.exit(130)
    else:  # so that whoever stops this process stops the server, and not only its parent
        os.execv(command[0], command)


def test(*arguments: str) -> None:
    """make an environment, install with the test extras, and run the tests (-k outbound, ...)"""
    environment("test")
    call(PYTHON, "-m", "pytest", "-n", "2", *arguments)


def lint(*arguments: str) -> None:
    """look for mistakes and bad form"""
    environment("test")
    call(BIN / "ruff", "check", *(arguments or (".",)))
    call(BIN / "ruff", "format", "--check", *(arguments or (".",)))


def form(*arguments: str) -> None:
    """bring the code into form"""
    environment("test")
    call(BIN / "ruff", "check", "--fix", *(arguments or (".",)))
    call(BIN / "ruff", "format", *(arguments or (".",)))


def types(*arguments: str) -> None:
    """check the types"""
    environment("test")
    call(BIN / "mypy", *arguments)


def limits() -> None:
    """write docs/limits.md anew from the contract files"""
    environment("test")
    page = subprocess.run([BIN / "oc-sandbox", "limits"], check=True, capture_output=True).stdout
    (HERE / "docs" / "limits.md").write_bytes(page)


def wheel(*arguments: str) -> None:
    """build the wheel, install it elsewhere, and ask it for a documented answer"""
    environment("test")
    with tempfile.TemporaryDirectory() as folder:
        pip("wheel", "--no-deps", "--wheel-dir", folder, str(HERE))
        (built,) = Path(folder).glob("*.whl")
        elsewhere = Path(folder, "venv")
        call(PYTHON, "-m", "venv", elsewhere)
        python = elsewhere / PYTHON.relative_to(VENV)
        pip("install", str(built), python=python)
        call(python, HERE / ".ci" / "check_installed.py", HERE, *arguments, cwd=folder)


def opinion(*arguments: str) -> None:
    """let Schemathesis try the exported OpenAPI document on the fake (--include-name ..., -n 50)"""
    if sys.version_info < (3, 11):
        print("SKIPPED: Schemathesis wants Python 3.11 or newer", file=sys.stderr)
        return
    environment("test")
    environment("opinion")
    call(PYTHON, HERE / ".ci" / "second_opinion.py", *arguments)


def bench(*arguments: str) -> None:
    """measure against bare Starlette and the targets (--quick)"""
    environment("test")
    call(PYTHON, HERE / "benchmarks" / "run.py", *arguments)


def clean() -> None:
    """remove the environment and what the tools left"""
    for name in LEFT_BY_TOOLS:
        shutil.rmtree(HERE / name, ignore_errors=True)


# Not annotated: a Python that is too old must get as far as being told so.
COMMANDS = {each.__name__: each for each in (serve, test, lint, form, types, limits, wheel, opinion, bench, clean)}


def environment(extras: str) -> None:
    """Make .venv, and install this checkout with its extras, unless that was done since pyproject.toml last changed."""
    stamp = VENV / f"installed-{extras or 'alone'}"
    # With the test extras everything is there that the product alone wants.
    enough = [stamp] if extras else [stamp, VENV / "installed-test"]
    asked = (HERE / "pyproject.toml").stat().st_mtime
    if any(each.exists() and each.stat().st_mtime > asked for each in enough):
        return
    if sys.version_info < (3, 10):  # noqa: UP036 - this file meets any Python
        sys.exit(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}: try python3.12 make.py ...")
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode if PYTHON.exists() else True:
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            hint = "this Python cannot make environments; on Debian and Ubuntu: apt-get install python3-venv"
            sys.exit(f"{made.stdout}{made.stderr}\n{hint}")
    print("Installing into .venv, once; this takes about half a minute ...", file=sys.stderr, flush=True)
    pip("install", "-e", f"{HERE}[{extras}]" if extras else str(HERE))
    stamp.touch()


def pip(*arguments: str, python: Path = PYTHON) -> None:
    """Run pip, quietly."""
    verb, *rest = arguments
    call(python, "-m", "pip", verb, "--quiet", "--disable-pip-version-check", *rest)


def call(*command: object, cwd: "Path | str" = HERE) -> None:
    """Run a command; if it fails, end with its exit code."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Run the command that the arguments name."""
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        print("python3 make.py COMMAND, where COMMAND is one of")
        for known, command in COMMANDS.items():
            print(f"  {known:8}{command.__doc__}")
        sys.exit(0 if name in ("help", "-h", "--help") else 2)
    COMMANDS[name](*arguments)


if __name__ == "__main__":
    main()
