"""Does the kit tell wrong servers from the right one? Changes the fake line by line, and lets the kit look for it.

    python benchmarks/mutants/run.py [-j 2] [--only NAME ...] [--group GROUP ...] [--table]

`--table` writes README.md beside this file. Exits with 1 if a mutant lives of which nobody has said why.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from time import perf_counter

from hunting import STAGES, Verdict, findings, hunt, server
from mutant import Mutant, all_mutants

MUTANTS = all_mutants()
MOST_REQUESTS = 6
README = Path(__file__).with_name("README.md")


def main() -> int:
    """Try the mutants that are asked for. 0, if each is killed or argued."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-j", type=int, default=2, help="so many at the same time")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--group", nargs="+", default=[])
    parser.add_argument("--stages", nargs="+", default=STAGES, choices=STAGES, help="what of the kit is tried")
    parser.add_argument("--table", action="store_true", help="write README.md")
    options = parser.parse_args()
    problems = faults(MUTANTS)
    if problems:
        sys.exit("\n".join(problems))
    wanted = [
        mutant
        for mutant in MUTANTS
        if (not options.only or mutant.name in options.only) and (not options.group or mutant.group in options.group)
    ]
    started = perf_counter()
    known = of_the_right_server(options.stages)
    print(f"the right server: {sorted(known) or 'nothing is found wrong'}", flush=True)
    verdicts = {}
    for verdict in _tried(wanted, known, options):
        verdicts[verdict.mutant] = verdict
        print(f"{len(verdicts):4}/{len(wanted)} {told(verdict)}", flush=True)
    took_s = perf_counter() - started
    page = table(wanted, verdicts, known, took_s)
    print(page[page.index("## Those that live") :])
    print(summary(wanted, verdicts, took_s))
    if options.table:
        README.write_text(page, encoding="utf-8")
    return int(any(not verdicts[each.name].kill and not each.why for each in wanted))


def faults(mutants: Sequence[Mutant]) -> list[str]:
    """What is wrong with the list itself."""
    double = [name for name, count in Counter(mutant.name for mutant in mutants).items() if count > 1]
    return [f"{name}: two have this name" for name in double] + [p for m in mutants if (p := m.problem())]


def of_the_right_server(stages: Sequence[str]) -> frozenset[tuple[str, str]]:
    """What the kit finds wrong with the unchanged fake, by stage and operation: no kill may rest on such."""
    with server(None) as url:
        return frozenset((kill.stage, kill.operation) for kill in findings(url, None, stages))


def _tried(
    wanted: Sequence[Mutant], known: frozenset[tuple[str, str]], options: argparse.Namespace
) -> Iterator[Verdict]:
    with ProcessPoolExecutor(options.j) as pool:
        for done in as_completed([pool.submit(hunt, mutant, known, options.stages) for mutant in wanted]):
            yield done.result()


def told(verdict: Verdict) -> str:
    """A line of progress."""
    kill = verdict.kill
    if kill is None:
        return f"{verdict.mutant}: LIVES {verdict.trouble} ({verdict.took_s:.1f} s)"
    by = f"{kill.stage} {kill.operation}: {kill.told}: {kill.problem}"
    return f"{verdict.mutant}: killed in {kill.requests} requests by {by[:150]} ({verdict.took_s:.1f} s)"


def summary(wanted: Sequence[Mutant], verdicts: dict[str, Verdict], took_s: float) -> str:
    """The totals."""
    kills = [verdict.kill for verdict in verdicts.values() if verdict.kill]
    stages = Counter(kill.stage for kill in kills)
    long = sum(kill.requests > MOST_REQUESTS for kill in kills)
    return (
        f"{len(wanted)} mutants, {len(kills)} killed "
        f"({', '.join(f'{count} by {stage}' for stage, count in stages.most_common())}), "
        f"{len(wanted) - len(kills)} live; {long} kills need more than {MOST_REQUESTS} requests; "
        f"{took_s:.0f} s in all."
    )


def table(
    wanted: Sequence[Mutant], verdicts: dict[str, Verdict], known: frozenset[tuple[str, str]], took_s: float
) -> str:
    """The kill table, as Markdown."""
    lines = [
        "# Mutants",
        "",
        "Each is the fake with one line changed, run as a server of its own; the kit, unchanged, knows only its URL.",
        "Written by `python benchmarks/mutants/run.py -j 2 --table`; `--only NAME` tries one again.",
        "",
        summary(wanted, verdicts, took_s),
        "",
        f"Found wrong with the unchanged fake, and so never a kill: {sorted(known) if known else 'nothing'}.",
        "",
        "## Those that live",
        "",
    ]
    for mutant in wanted:
        if verdicts[mutant.name].kill is None:
            trouble = verdicts[mutant.name].trouble
            lines += [f"- `{mutant.name}` ({mutant.path}): {trouble or mutant.why or 'NOT ARGUED'}"]
            lines += [f"  `{mutant.old.strip()}` → `{mutant.new.strip()}`"]
    lines += ["", "## By group", "", "| group | mutants | killed |", "|---|---|---|"]
    for group in sorted({mutant.group for mutant in wanted}):
        names = [mutant.name for mutant in wanted if mutant.group == group]
        lines.append(f"| {group} | {len(names)} | {sum(verdicts[name].kill is not None for name in names)} |")
    lines += ["", "## Killed", "", "| mutant | group | by | what was tried | requests |", "|---|---|---|---|---|"]
    for mutant in wanted:
        if kill := verdicts[mutant.name].kill:
            tried = kill.told.replace("|", "\\|")[:90]
            by = f"{kill.stage} {kill.operation}" + (f", under {mutant.assume}" if mutant.assume else "")
            lines.append(f"| {mutant.name} | {mutant.group} | {by} | {tried} | {kill.requests} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
