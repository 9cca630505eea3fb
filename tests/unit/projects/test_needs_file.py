"""A file of needs: rows that are sound, and each fault by its row."""

from __future__ import annotations

import pytest

from services.projects.jobs.needs.needs_file import FileFault, RowFault, UnusableNeeds, estates_by_name, read_needs

ESTATES = estates_by_name([("moon-1", "明月小区"), ("stars-1", "星辰公寓"), ("stars-2", "星辰公寓")])
HEADER = "小区,修缮内容,编号\n"


def read(*rows: str, encoding: str = "utf-8-sig", header: str = HEADER) -> list[tuple[int, str]]:
    found = read_needs((header + "".join(f"{row}\n" for row in rows)).encode(encoding), ESTATES)
    return [(one.row, one.fault) for one in found.rejects]


def test_elements_are_taken_by_name_or_code_and_a_blank_cell_asks_for_anything() -> None:
    rows = f"{HEADER}明月小区,屋面防水翻修、E06,\n\nmoon-1,,7\nSTARS-1,e01；E01,\n"
    found = read_needs(rows.encode("gb18030"), ESTATES)
    assert [(one.row, one.estate, one.elements) for one in found.needs] == [
        (2, "moon-1", ("E01", "E06")),
        (4, "moon-1", (None,)),
        (5, "stars-1", ("E01",)),
    ]
    assert found.rejects == []


def test_the_same_row_again_has_the_same_id_and_another_reference_another() -> None:
    def ids(*rows: str) -> list[str]:
        return [one.id for one in read_needs((HEADER + "\n".join(rows)).encode(), ESTATES).needs]

    assert ids("明月小区,E01、E06,") == ids("moon-1,E06 屋面防水翻修,")
    assert len(set(ids("明月小区,E01,1", "明月小区,E01,2"))) == 2


def test_each_wrong_row_is_named_with_its_fault_and_the_others_are_taken() -> None:
    assert read(
        "明月小区,E01,", ",E01,", "太阳小区,E01,", "星辰公寓,E01,", "明月小区,游泳池,", "明月小区,E01", "明月小区,E01,"
    ) == [
        (3, RowFault.NO_ESTATE),
        (4, RowFault.UNKNOWN_ESTATE),
        (5, RowFault.SHARED_NAME),
        (6, RowFault.UNKNOWN_ELEMENT),
        (7, RowFault.CELLS),
        (8, RowFault.TWICE),
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (HEADER.encode(), FileFault.EMPTY),
        (b"\xff\xfe\x00\x81\xff", FileFault.NO_TEXT),
        (b"\x00PNG\n\x00", FileFault.NO_TEXT),
        ("小区,面积\n明月小区,5\n".encode(), FileFault.NO_COLUMN),
        (f'{HEADER}明月小区,"E01'.encode(), FileFault.CUT_SHORT),
        ((HEADER + "明月小区,E01,\n" * 1001).encode(), FileFault.TOO_LONG),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, fault: FileFault) -> None:
    with pytest.raises(UnusableNeeds) as refused:
        read_needs(content, ESTATES)
    assert refused.value.fault is fault
