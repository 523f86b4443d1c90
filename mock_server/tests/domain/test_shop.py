"""The book of a shop's movements finds the same as a look through all of them."""

from hypothesis import given
from hypothesis import strategies as st
from oc_sandbox.domain.shop import MovementBook, MovementKind, ShopMovement, Wanted

PRODUCTS, WAREHOUSES, KINDS = ("p1", "p2"), ("w1", "w2"), tuple(MovementKind)
SECONDS = st.integers(0, 20)


def a_movement(number: int, product_id: str, warehouse_id: str, kind: MovementKind, at_s: int) -> ShopMovement:
    return ShopMovement(f"sm_{number}", product_id, warehouse_id, None, 1, kind, None, None, None, None, at_s)


@st.composite
def histories(draw: st.DrawFn) -> list[ShopMovement]:
    times = sorted(draw(st.lists(SECONDS, max_size=30)))
    return [
        a_movement(
            number,
            draw(st.sampled_from(PRODUCTS)),
            draw(st.sampled_from(WAREHOUSES)),
            draw(st.sampled_from(KINDS)),
            at_s,
        )
        for number, at_s in enumerate(times)
    ]


WANTED = st.builds(
    Wanted,
    product_id=st.sampled_from((None, *PRODUCTS, "p3")),
    warehouse_id=st.sampled_from((None, *WAREHOUSES)),
    kind=st.sampled_from((None, *KINDS)),
    start_s=st.none() | SECONDS,
    end_s=st.none() | SECONDS,
)


def fits(movement: ShopMovement, wanted: Wanted) -> bool:
    return (
        wanted.product_id in (None, movement.product_id)
        and wanted.warehouse_id in (None, movement.warehouse_id)
        and wanted.kind in (None, movement.kind)
        and (wanted.start_s is None or movement.created_at_s >= wanted.start_s)
        and (wanted.end_s is None or movement.created_at_s <= wanted.end_s)
    )


@given(
    history=histories(),
    wanted=WANTED,
    opened=st.integers(0, 30),
    skip=st.integers(0, 30) | st.just(10**30),
    count=st.integers(1, 10),
)
def test_a_page_is_what_a_look_through_all_movements_gives(
    history: list[ShopMovement], wanted: Wanted, opened: int, skip: int, count: int
) -> None:
    book = MovementBook(tuple(history[:opened]))
    for movement in history[opened:]:
        book.append(movement)
    expected = [movement for movement in reversed(history) if fits(movement, wanted)]
    assert book.newest_first(wanted, skip, count) == (len(expected), expected[skip : skip + count])


@given(history=histories())
def test_a_book_is_the_same_whether_it_opened_with_its_movements_or_was_told_them(history: list[ShopMovement]) -> None:
    told = MovementBook()
    for movement in history:
        told.append(movement)
    opened = MovementBook(
        [movement._replace(created_at_s=movement.created_at_s - 100) for movement in history], opened_at_s=100
    )
    assert len(opened) == len(told) == len(history)
    assert opened == told
    assert list(opened) == history


def test_the_latest_movement_of_a_product_in_a_warehouse_is_found() -> None:
    book = MovementBook([a_movement(number, "p1", "w1", MovementKind.IN, number) for number in range(3)])
    found = book.latest("p1", "w1")
    assert found is not None
    assert found.movement_id == "sm_2"
    assert book.latest("p1", "w2") is None
