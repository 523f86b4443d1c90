"""Which answers to the open questions a test runs under: every one by itself, or every pair of them."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from ..catalog import catalog
from .settings import BadSetting

Answers = dict[str, str]
WAYS = ("all", "pairwise")


def runs_under(assumptions: object) -> list[tuple[str, Answers]] | None:
    """The runs that a marker's `assumptions` asks for, each with an id; None for one run. Errors: BadSetting."""
    if assumptions == "all":
        return [*_one_at_a_time()]
    if assumptions == "pairwise":
        rows = pairwise({name: [*question.answers] for name, question in catalog().questions.items()})
        return [(f"pairwise-{at:02}", row) for at, row in enumerate(rows, 1)]
    texts = isinstance(assumptions, Mapping) and all(
        isinstance(each, str) for pair in assumptions.items() for each in pair
    )
    if assumptions is not None and not texts:
        raise BadSetting(f'assumptions must be "all", "pairwise" or {{"question": "answer"}}, not {assumptions!r}')
    return None


def _one_at_a_time() -> Iterator[tuple[str, Answers]]:
    yield "defaults", {}
    for name, question in catalog().questions.items():
        for answer in question.answers:
            if answer != question.default:
                yield f"{name}={answer}", {name: answer}


def pairwise(choices: Mapping[str, list[str]]) -> list[Answers]:
    """Few rows in which any two answers to any two questions stand together at least once.

    Greedy, and the same every time: each row begins with a pair that is still missing, and every other question takes
    the answer that makes the most missing pairs with what the row has.
    """
    missing = {
        frozenset(pair)
        for one, other in combinations(choices, 2)
        for pair in product([(one, each) for each in choices[one]], [(other, each) for each in choices[other]])
    }
    order = [frozenset(pair) for pair in sorted(map(sorted, missing))]
    rows: list[Answers] = []
    for seed in order:
        if seed not in missing:
            continue
        row = dict(seed)
        for name in choices:
            if name not in row:
                row[name] = max(
                    choices[name],
                    key=lambda answer: sum(frozenset(((name, answer), each)) in missing for each in row.items()),
                )
        missing -= {frozenset(pair) for pair in combinations(row.items(), 2)}
        rows.append({name: row[name] for name in choices})
    return rows
