"""A row as a ticket, or why it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.importing.columns import map_columns
from services.cli.importing.table import TableRow
from services.cli.importing.tickets import Faulty, TicketReader
from services.intake.http.ticket_bodies import CallerBody

HEADER = ("工单编号", "标题", "诉求内容", "地址", "受理时间", "诉求人", "联系电话", "用户编号")
CELLS = ("17", "楼顶漏雨", "三楼漏水，墙面发霉", "凉城路1201弄", "2019-01-06 12:09:38", "王小明", "13800000000", "A88")
TICKETS = TicketReader(HEADER, map_columns(HEADER))


def row(**changed: str) -> TableRow:
    return TableRow(2, tuple(changed.get(name, cell) for name, cell in zip(HEADER, CELLS, strict=True)))


def test_every_field_goes_to_its_place() -> None:
    assert TICKETS.ticket(row()) == {
        "source_id": "17",
        "text": "楼顶漏雨\n三楼漏水，墙面发霉",
        "address": "凉城路1201弄",
        "channel": "file",
        "occurred_at": "2019-01-06T12:09:38+08:00",
        "caller": {"id": "A88", "phone": "13800000000", "name": "王小明"},
    }


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("区房管局", "housing"),
        ("区住房保障和房屋管理局", "housing"),
        ("housing", "housing"),
        ("好家物业", None),
        ("", None),
    ],
)
def test_the_reported_department_is_known_by_its_code_or_a_name_of_it(cell: str, unit: str | None) -> None:
    header = (*HEADER, "被举报单位")
    reader = TicketReader(header, map_columns(header))
    assert reader.ticket(TableRow(2, (*CELLS, cell))).get("about_unit") == unit


@pytest.mark.parametrize(("cell", "wish"), [("是", True), ("Yes", True), ("否", None), ("", None)])
def test_a_caller_who_wishes_to_stay_unnamed_is_heard(cell: str, wish: bool | None) -> None:
    header = (*HEADER, "是否保密")
    reader = TicketReader(header, map_columns(header))
    assert reader.ticket(TableRow(2, (*CELLS, cell))).get("confidential") is wish


def test_a_wish_that_cannot_be_read_is_refused() -> None:
    header = (*HEADER, "是否保密")
    with pytest.raises(Faulty, match="neither yes nor no"):
        TicketReader(header, map_columns(header)).ticket(TableRow(2, (*CELLS, "也许")))


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("wang@example.cn", "wang@example.cn"),
        (" ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ\u200b", "wang@example.cn"),
        ("mailto:wang@example.cn", "wang@example.cn"),
        ("", None),
        ("无", None),
        ("-", None),
    ],
)
def test_where_a_caller_may_be_written_to_is_read(cell: str, email: str | None) -> None:
    header = (*HEADER, "电子邮箱")
    reader = TicketReader(header, map_columns(header))
    assert reader.ticket(TableRow(2, (*CELLS, cell)))["caller"].get("email") == email


@pytest.mark.parametrize("cell", ["wang", "wang@", "wang@example", "a@x.cn;b@x.cn", "王@x.cn", "13812345678"])
def test_a_wrong_address_is_refused_by_the_name_of_its_column(cell: str) -> None:
    header = (*HEADER, "电子邮箱")
    with pytest.raises(Faulty, match="电子邮箱: is not one e-mail address: correct it, or leave it empty"):
        TicketReader(header, map_columns(header)).ticket(TableRow(2, (*CELLS, cell)))


@given(st.emails())
def test_what_the_file_takes_the_api_takes(cell: str) -> None:
    """Or the row would be refused there, after it was read here."""
    header = (*HEADER, "Email")
    try:
        read = TicketReader(header, map_columns(header)).ticket(TableRow(2, (*CELLS, cell)))["caller"]
    except Faulty:
        return
    CallerBody.model_validate(read)


def test_empty_cells_are_left_out() -> None:
    bare = TICKETS.ticket(row(标题="", 地址="", 诉求人="", 联系电话="", 用户编号=""))
    assert bare.keys() == {"source_id", "text", "channel", "occurred_at"}


def test_a_title_that_the_text_begins_with_is_not_said_twice() -> None:
    assert TICKETS.ticket(row(标题="三楼漏水"))["text"] == "三楼漏水，墙面发霉"


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("工单编号", "", "工单编号: is empty"),
        ("诉求内容", "", "诉求内容: is empty"),
        ("受理时间", "", "受理时间: is empty"),
        ("受理时间", "2019-02-30", "受理时间: is no time of any calendar"),
        ("工单编号", "2.0190106E+19", "工单编号: was rounded by a spreadsheet"),
        ("诉求内容", "漏\0水", "诉求内容: holds the character NUL"),
    ],
)
def test_a_row_that_makes_no_ticket_names_column_and_remedy(column: str, cell: str, message: str) -> None:
    with pytest.raises(Faulty, match=message):
        TICKETS.ticket(row(**{column: cell}))


def test_a_row_that_could_not_be_read_tells_why() -> None:
    broken = TableRow(3, ('17,"漏',), "is not CSV")
    with pytest.raises(Faulty, match="is not CSV"):
        TICKETS.ticket(broken)
    assert TicketReader(("a", *HEADER), map_columns(("a", *HEADER))).source_id(broken) == ""
