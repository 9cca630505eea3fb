"""What a cell says, however a spreadsheet wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.importing.cells import id_of, safe, unsafe


@pytest.mark.parametrize(
    "cell",
    ["20190017", '="20190017"', "'20190017", "20190017.0", "２０１９００１７", "\u200b20190017\ufeff", "20190017\t"],
)
def test_one_id_in_several_writings_is_one_id(cell: str) -> None:
    assert id_of(cell) == "20190017"


@pytest.mark.parametrize("cell", ["0017", "A-2", "1.5", "HK=17"])
def test_an_id_keeps_what_tells_it_apart(cell: str) -> None:
    assert id_of(cell) == cell


@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "+1", "-1", "@a", "\tx", "＝1", "'=1"])
def test_no_cell_runs_as_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@given(st.text(max_size=20))
def test_what_was_made_safe_is_read_as_it_was(cell: str) -> None:
    assert unsafe(safe(cell)) == cell
