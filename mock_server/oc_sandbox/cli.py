"""The command line. argparse, and imports inside the commands, because `serve` has to be up in a blink."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from . import __version__

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from .contract import Operation, Webhook
    from .tenancy import Tenant

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8400
JOINED = "oc_sandbox.commands"
DEFAULT_URL = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"


class CommandError(Exception):
    """Something that the user can mend; the message says how."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 on success, 1 on an error that is told or a report that finds some, 2 on wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a signed body in another encoding is another body
    try:
        parser, known = _parser()
        if words and words[0] not in known:
            joined = _joined_commands()
            parser.epilog = f"There is also: {', '.join(sorted(joined))}; each has its own --help." if joined else None
            if words[0] in joined:
                return joined[words[0]].load()(words[1:])  # type: ignore[no-any-return]
        options = parser.parse_args(words)
        code = options.run(options)
        sys.stdout.flush()
        return code or 0
    except CommandError as error:
        print(f"oc-sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has seen enough; what is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _joined_commands() -> "dict[str, EntryPoint]":
    """Commands of other packages: functions that take the words after their name, and give the exit code."""
    from importlib.metadata import entry_points  # slow to load, so only where no command of ours is named

    return {command.name: command for command in entry_points(group=JOINED)}


def _parser() -> tuple[argparse.ArgumentParser, Collection[str]]:
    """The parser, and the names of its commands."""
    parser = argparse.ArgumentParser(
        prog="oc-sandbox",
        description="A sandbox of OrangeConnex's eBay fulfillment openAPI and of Mercozy's stock movements.",
    )
    parser.add_argument("--version", action="version", version=f"oc-sandbox {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    _add_serve(commands)
    _add_curl(commands)
    _add_assumptions(commands)
    limits = commands.add_parser("limits", help="print what is documented, observed and assumed, as Markdown")
    limits.set_defaults(run=_limits)

    from .adapters.report_command import add_report

    add_report(commands, _ask, DEFAULT_URL)
    _add_openapi(commands)
    operations = commands.add_parser("operations", help="list the operations and their samples")
    operations.set_defaults(run=_operations)
    return parser, commands.choices


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser(
        "serve", help="start the server", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    serve.add_argument("--host", default=DEFAULT_HOST, help="address to listen on")
    serve.add_argument("--port", default=DEFAULT_PORT, type=int, help="port to listen on; 0 picks a free one")
    serve.add_argument(
        "--auth",
        default="strict",
        choices=["strict", "open"],
        help="open lets calls through that lack signature or token",
    )
    serve.add_argument(
        "--signing",
        default="either",
        choices=["either", "stage", "production"],
        help="stage signs an empty body part, production the raw body",
    )
    serve.add_argument(
        "--assumptions",
        metavar="FILE",
        help="answers that a real server was seen to give, as `verify --settle` writes them",
    )
    serve.add_argument(
        "--assume",
        default=[],
        action="append",
        metavar="NAME=ANSWER",
        help="what to take for true where nobody knows how the vendor does; `oc-sandbox assumptions` lists it",
    )
    serve.add_argument(
        "--fault",
        default=[],
        action="append",
        metavar="FAULT",
        help="what fails for the default tenant: operation=get_service_list,status=503,first=2, or the same in JSON",
    )
    serve.add_argument("--faults", metavar="FILE", help="a JSON list of what fails, before each --fault")
    serve.add_argument("--seed", default="demo", choices=["demo", "empty"], help="what a fresh tenant's world holds")
    serve.add_argument(
        "--clock",
        default="real",
        metavar="INSTANT",
        help="the default tenant's clock: real, or an instant such as 2026-11-22T15:30:00Z at which it stands still",
    )
    serve.add_argument("--webhook-url", metavar="URL", help="where the default tenant's webhooks are sent")
    serve.set_defaults(run=_serve)


def _add_curl(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    curl = commands.add_parser(
        "curl", help="print a signed curl for an operation", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    curl.add_argument("operation", help="its name, as `oc-sandbox operations` lists it")
    curl.add_argument("--url", default=DEFAULT_URL, help="a running sandbox, whose keys are used")
    curl.add_argument("--tenant", metavar="CLIENT_KEY", help="another tenant than the default one")
    curl.add_argument("--exchange", metavar="NAME", help="another of the operation's samples than the first")
    curl.set_defaults(run=_curl)


def _add_assumptions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    assumptions = commands.add_parser(
        "assumptions",
        help="list what nobody knows and what can be taken for true; or tell a running sandbox",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    assumptions.add_argument(
        "answers",
        nargs="*",
        metavar="NAME=ANSWER",
        help="take this for true from now on, and list no other",
    )
    assumptions.add_argument("--url", default=DEFAULT_URL, help="a running sandbox; asked only where there is a need")
    assumptions.add_argument("--tenant", metavar="CLIENT_KEY", help="another tenant than the default one")
    assumptions.add_argument("--reset", action="store_true", help="take the defaults for true, before the answers")
    assumptions.set_defaults(run=_assumptions)


def _add_openapi(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    openapi = commands.add_parser(
        "openapi",
        help="print what is known as an OpenAPI 3.1 document",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    openapi.add_argument("--url", default=DEFAULT_URL, help="the server that the document names")
    openapi.set_defaults(run=_openapi)


def _serve(options: argparse.Namespace) -> None:
    from .adapters.routes.asking import Problem
    from .adapters.routes.clock import parse_now
    from .assumptions import NoSightings, Sightings, UnknownAnswer
    from .contract_files import CatalogError
    from .domain.clock import Clock, TimeOutOfReach
    from .fault_checks import BadFault, fault_of_words, faults_of, faults_of_file
    from .outbox import BadAddress
    from .server import listen, serve, url_of
    from .tenancy import Tenants

    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
    try:
        clock = Clock() if options.clock == "real" else Clock("manual", now=parse_now(options.clock))
        sightings = Sightings.of_file(options.assumptions) if options.assumptions else None
        answers = _answers(options.assume)
        tenants = Tenants(
            auth=options.auth, signing=options.signing, assumptions=answers, sightings=sightings, seed=options.seed
        )
        tenant = tenants.create_default(clock, options.webhook_url)
        if options.fault or options.faults:
            listed = faults_of_file(options.faults) if options.faults else []
            tenant.faults = faults_of([*listed, *map(fault_of_words, options.fault)])
        listener = listen(options.host, options.port)
    except (Problem, TimeOutOfReach) as error:
        raise CommandError(f"--clock: {error}") from error
    except UnknownAnswer as error:
        raise CommandError(f"--assume: {error}") from error
    except NoSightings as error:
        raise CommandError(f"--assumptions: {error}") from error
    except BadAddress as error:
        raise CommandError(f"--webhook-url: {error}") from error
    except BadFault as error:
        raise CommandError(f"--fault: {error}") from error
    except CatalogError as error:
        raise CommandError(f"the contract files do not fit together:\n{error}") from error
    except OSError as error:
        raise CommandError(
            f"cannot listen on {options.host}:{options.port}: {error.strerror}; --port 0 picks a free port"
        ) from error
    except OverflowError as error:
        raise CommandError(f"--port: {error}") from error
    serve(tenants, listener, lambda: _announce(url_of(listener), tenant))


def _announce(url: str, tenant: "Tenant") -> None:
    import shlex

    from .control.views import sample_curl, tenant_view

    view = tenant_view(tenant, url)
    command = shlex.join([sys.argv[0], "curl", "OPERATION", *([] if url == DEFAULT_URL else ["--url", url])])
    lines = [
        f"OC_SANDBOX_URL={url}",
        "",
        f"  API base URL    {view['base_url']}",
        f"  OAuth base URL  {view['oauth_url']}/oauth",
        f"  Mercozy         {view['mercozy_url']}",
        f"  clientKey       {view['client_key']}",
        f"  secretKey       {view['secret_key']}",
        f"  X-API-Key       {view['mercozy_api_key']}",
        f"  access token    {url}/_sandbox/tenants/{view['client_key']} has a fresh one, and all of the above",
        f"  control plane   {url}/_sandbox",
        *([f"  webhooks go to  {view['webhook_url']}"] if view["webhook_url"] else []),
        f"  auth {view['auth']}, signing {view['signing']}; Ctrl+C stops",
        "",
        f"A signed call, ready to paste (others: {command}):",
        "",
        sample_curl(tenant, "place_outbound_order", None, url),
        "",
    ]
    print("\n".join(lines), flush=True)


def _curl(options: argparse.Namespace) -> None:
    from urllib.parse import quote, urlencode

    query = f"?{urlencode({'exchange': options.exchange})}" if options.exchange else ""
    print(_ask(options, f"curl/{quote(options.operation, safe='')}{query}")["curl"])


def _assumptions(options: argparse.Namespace) -> None:
    answers = _answers(options.answers)
    if options.reset:
        _ask(options, "assumptions", "DELETE")
    if answers:
        _ask(options, "assumptions", "PUT", answers)
    at_work = options.reset or answers or options.tenant or options.url != DEFAULT_URL
    for question in _ask(options, "assumptions")["assumptions"] if at_work else _known_questions():
        if answers and question["name"] not in answers:
            continue
        print(f"{question['name']}: {question['asks']}\n    {question['why']}")
        for answer in question["answers"]:
            mark = "*" if answer["name"] == question["answer"] else " "
            evidence = question["seen"] if question["seen"] and mark == "*" else answer["evidence"]
            print(f"  {mark} {answer['name']:20} {answer['says']} ({evidence})")
        print()


def _known_questions() -> list[dict[str, Any]]:
    """The questions and their default answers, without a server."""
    from .control.views import assumptions_view
    from .tenancy import Tenants

    return assumptions_view(Tenants(seed="empty").create())


def _answers(words: Sequence[str]) -> dict[str, str]:
    """The answers of NAME=ANSWER, … Errors: CommandError."""
    for word in words:
        if "=" not in word:
            raise CommandError(f"{word!r} is not NAME=ANSWER, such as batch_outcome=atomic")
    return dict(word.split("=", 1) for word in words)


def _ask(options: argparse.Namespace, path: str, method: str = "GET", body: Any = None) -> Any:
    """The control plane's answer about a tenant; None where it has none. `path` is what follows the tenant's.

    Errors: CommandError, with the sandbox's own words where it gave any.
    """
    import json
    from urllib.error import HTTPError, URLError
    from urllib.parse import quote
    from urllib.request import Request, urlopen

    from .tenancy import DEFAULT_CLIENT_KEY

    root = options.url.rstrip("/")
    url = f"{root}/_sandbox/tenants/{quote(options.tenant or DEFAULT_CLIENT_KEY, safe='')}/{path}"

    if not root.startswith(("http://", "https://")):
        raise CommandError(f"--url must be an http address such as {DEFAULT_URL}, not {root!r}")
    try:
        data = None if body is None else json.dumps(body).encode()
        asked = Request(url, data, method=method)  # noqa: S310 - the scheme is checked above
        with urlopen(asked, timeout=5) as reply:  # noqa: S310 - as above
            text = reply.read()
            return json.loads(text) if text else None
    except HTTPError as error:
        try:
            words = json.load(error)["error"]
        except (ValueError, KeyError, TypeError):
            words = None
        if error.code == 404 and words == "Not Found":  # the vendor's words, so the path did not lead here
            words = f"{root} has a path; --url wants the address alone, such as {DEFAULT_URL}"
        raise CommandError(words or f"what answers at {root} is not a sandbox") from error
    except (URLError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        raise CommandError(
            f"no sandbox answers at {root} ({reason}); start one with `oc-sandbox serve`, or name one with --url"
        ) from error
    except ValueError as error:
        raise CommandError(f"what answers at {root} is not a sandbox") from error


def _limits(options: argparse.Namespace) -> None:
    from .catalog import catalog
    from .limits import limits_page

    print(limits_page(catalog()), end="")


def _openapi(options: argparse.Namespace) -> None:
    import orjson

    from .catalog import catalog
    from .domain.clock import Clock
    from .openapi import openapi

    print(orjson.dumps(openapi(catalog(), options.url, Clock().now()), option=orjson.OPT_INDENT_2).decode())


def _operations(options: argparse.Namespace) -> None:
    from .catalog import catalog

    ways: list[tuple[Operation | Webhook, str]] = [
        (operation, operation.path) for operation in catalog().operations.values()
    ]
    ways += [(webhook, "to your webhook URL") for webhook in catalog().webhooks.values()]
    for operation, way in ways:
        samples = ", ".join(operation.fixture["exchanges"])
        print(f"{operation.name:30} {operation.method:6} {way}\n{'':30} samples: {samples}")
