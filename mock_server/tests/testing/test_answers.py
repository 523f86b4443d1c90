"""The rows of answers in which any two stand together."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.catalog import catalog
from oc_sandbox.testing.answers import pairwise

CHOICES = st.dictionaries(
    st.sampled_from("abcdefg"), st.integers(1, 4).map(lambda count: [str(each) for each in range(count)]), max_size=7
)


@given(CHOICES)
def test_any_two_answers_stand_together_in_a_row(choices: dict[str, list[str]]) -> None:
    rows = pairwise(choices)
    for one, other in combinations(choices, 2):
        together = {(row[one], row[other]) for row in rows}
        assert together == set(product(choices[one], choices[other]))


def test_the_rows_are_few_and_the_same_every_time() -> None:
    choices = {name: [*question.answers] for name, question in catalog().questions.items()}
    rows = pairwise(choices)
    assert rows == pairwise(choices)
    most = sorted(len(answers) for answers in choices.values())
    assert most[-1] * most[-2] <= len(rows) < sum(most)
    assert all(row.keys() == choices.keys() for row in rows)
