"""One number for one person, and none for nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.callers import is_nobody, is_nobodys_phone, normalise_phone, phone_in


@pytest.mark.parametrize(
    "writing",
    [
        "13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "+8613812345678", "8613812345678",
        "008613812345678", "0086-138-1234-5678", " 13812345678 ", "１３８１２３４５６７８", "(138)12345678",
        "138–1234–5678", "+86(138)12345678", "013812345678",
        "13812345678.0", "'13812345678.0", "\u202d13812345678\u202c", "138\ufe0f1234\ufe0f5678",
    ],
)  # fmt: skip
def test_one_mobile_is_one_caller_however_it_is_written(writing: str) -> None:
    assert normalise_phone(writing) == "13812345678"


@pytest.mark.parametrize(
    "writing", ["65431234", "6543-1234", "021-65431234", "(021)65431234", "+86 21 6543 1234", "0086 021 65431234"]
)
def test_one_landline_is_one_caller_however_it_is_written(writing: str) -> None:
    assert normalise_phone(writing) == "02165431234"


@pytest.mark.parametrize("writing", ["+852 2345 6789", "00852-23456789"])
def test_a_number_abroad_keeps_its_country(writing: str) -> None:
    assert normalise_phone(writing) == "0085223456789"


def test_an_extension_is_another_caller() -> None:
    numbers = ["65431234", "65431234转802", "65431234 ext 803"]
    assert [normalise_phone(one) for one in numbers] == ["02165431234", "02165431234802", "02165431234803"]


@pytest.mark.parametrize(
    "writing",
    ["", "abc", "1234", "1" * 16, "没有电话", "13812345678 王建国", "12345 or 67890", "138;1234;5678", "+", "138\n12x"],
)
def test_what_is_no_phone_number_is_refused_with_the_remedy(writing: str) -> None:
    with pytest.raises(ValueError, match="give 5 to 15 digits, or leave the caller's phone out"):
        normalise_phone(writing)


@pytest.mark.parametrize(
    "cell",
    [
        "13800138000/13900139000", "13800138000（女儿）", "\u202d13800138000\u202c", "13800138000;", "13800138000.0",
        "013800138000", "138 0013 8000 王先生", "12345转13800138000", "无；13800138000", "手机：１３８００１３８０００",
        "13800138000、021-65123456", "138****1111，13800138000", "+86-138-0013-8000", "13800138000\n13900139000",
        "13800138000 13900139000", "13800138000 65123456", '="13800138000"', "女儿 13800138000",
    ],
)  # fmt: skip
def test_the_first_number_of_a_cell_that_reaches_somebody_counts(cell: str) -> None:
    assert phone_in(cell) == "13800138000"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("65123456", "02165123456"),
        ("021-65123456（家）", "02165123456"),
        ("65123456 54321234", "02165123456"),
        ("座机：65123456.0", "02165123456"),
        ("65123456转801", "02165123456801"),
        ("0571-87654321", "057187654321"),
        ("400-820-1234", "4008201234"),
        ("+1 212 555 0100", "0012125550100"),
    ],
)
def test_a_landline_without_its_area_is_of_the_district(cell: str, number: str) -> None:
    assert phone_in(cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "无",
        "-",
        "匿名",
        "未知",
        "0",
        "138****8000",
        "1380013****",
        "00000000",
        "11111111",
        "12345",
        "没有电话",
        "139xxxx2222",
        "110",
        "021-12345",
        "+86 12345",
        "(021)12345",
        "见附件",
        "12345678901234567890",
    ],
)
def test_a_cell_without_a_number_of_somebody_has_none(cell: str) -> None:
    assert phone_in(cell) is None


@given(st.text(max_size=60))
def test_any_cell_can_be_read(cell: str) -> None:
    number = phone_in(cell)
    assert number is None or (number.isdigit() and not is_nobodys_phone(number))


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "-", "——", "/", "无", "无名氏", "没有", "不详", "未知", "未提供", "不愿透露", "保密",
        "匿名", "匿名网友", "匿 名",
        "热心市民", "居民", "先生", "网友", "游客", "某某", "王某", "***", "000",
        "12345", "138****8000", "Anonymous", "N/A", "null",
        "未 知", "匿名\u200b用户", "（匿名）", "【不详】",
    ],
)  # fmt: skip
def test_what_is_written_where_there_is_no_caller_is_nobody(written: str) -> None:
    assert is_nobody(written)


@pytest.mark.parametrize(
    "written", ["王小明", "王女士", "欧阳先生", "吴先生", "U0", "A000123", "10001", "7", "网友8812", "John", "吴明"]
)
def test_a_name_or_an_id_is_somebody(written: str) -> None:
    assert not is_nobody(written)


@pytest.mark.parametrize("phone", ["13812345678", "02165431234", "13888888887", "02165431234802", "0085223456789"])
def test_a_number_is_somebodys(phone: str) -> None:
    assert not is_nobodys_phone(phone)
