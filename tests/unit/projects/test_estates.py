"""Parts of an estate: what is refused, and what a block is made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.estates import EstatePart, blocks_of, exceeds, faults_of

PARTS = st.lists(
    st.builds(
        EstatePart,
        st.integers(1, 999).map(str),
        st.sampled_from(["1", "2", "5甲"]),
        st.sampled_from(["", "1", "2"]),
        st.integers(1, 50_000),
        st.sampled_from(["a" * 32, "b" * 32]),
    ),
    max_size=30,
    unique_by=lambda part: part.part_id,
)


def part(number: str, area: int = 5000) -> EstatePart:
    return EstatePart(number, "1", "1", area, "a" * 32)


@given(PARTS)
def test_blocks_hold_every_part_and_all_the_area_whatever_the_order(parts: list[EstatePart]) -> None:
    blocks = blocks_of(parts)
    assert blocks == blocks_of(parts[::-1])
    assert (sum(one.parts for one in blocks), sum(one.area for one in blocks)) == (
        len(parts),
        sum(one.area for one in parts),
    )
    assert [one.block for one in blocks] == sorted({one.block for one in parts})


def test_parts_may_exceed_the_floor_area_by_two_per_cent_and_not_by_a_hundredth_more() -> None:
    assert not exceeds(10_200, 10_000)
    assert exceeds(10_201, 10_000)
    assert faults_of([part("1", 10_200)], 10_000) == []
    (fault,) = faults_of([part("1", 10_201)], 10_000)
    assert (fault.row, fault.field) == (None, "area_m2")
    assert fault.why.startswith("the parts add up to 102.01 m², the floor area is 100.00 m²")
    assert faults_of([part("1", 10_201)], None) == []


def test_a_part_that_stands_twice_is_named_by_its_row() -> None:
    (fault,) = faults_of([part("1"), part("2"), part("1")], None)
    assert (fault.row, fault.field) == (2, "part_id")
