"""Which column is which field."""

from __future__ import annotations

import pytest

from services.cli.importing.columns import HEADERS, BadMapping, TicketField, map_columns


def named(header: str, *mapping: str) -> dict[str, str]:
    cells = header.split(",")
    return {field.value: cells[column] for field, column in map_columns(cells, mapping).items()}


def test_chinese_headers_are_known() -> None:
    assert named("工单编号,标题,诉求内容,诉求地址,受理时间,诉求人,联系电话") == {
        "source_id": "工单编号",
        "title": "标题",
        "text": "诉求内容",
        "address": "诉求地址",
        "occurred_at": "受理时间",
        "name": "诉求人",
        "phone": "联系电话",
    }


def test_english_headers_are_known_and_a_user_tells_callers_apart() -> None:
    assert named("msg_id,user,title,detail,time,likes,issue_id") == {
        "source_id": "msg_id",
        "caller_id": "user",
        "title": "title",
        "text": "detail",
        "occurred_at": "time",
    }


@pytest.mark.parametrize("name", ["email", "E-mail", "Email Address", "邮箱", "电子邮箱", "电子邮件", "联系邮箱"])
def test_a_column_of_addresses_is_known_by_its_usual_names(name: str) -> None:
    assert named(f"id,text,time,{name}")["email"] == name


def test_spelling_of_a_header_does_not_matter() -> None:
    assert named("MSG ID,Ｔｅｘｔ,受理 时间*") == {
        "source_id": "MSG ID",
        "text": "Ｔｅｘｔ",
        "occurred_at": "受理 时间*",
    }


def test_the_surest_name_wins() -> None:
    assert named("id,工单编号,内容,诉求内容,time")["source_id"] == "工单编号"
    assert named("id,工单编号,内容,诉求内容,time")["text"] == "诉求内容"


def test_what_is_given_comes_before_what_is_known() -> None:
    found = named("msg_id,user,detail,summary,time", "user=phone", "summary=text")
    assert found["phone"] == "user"
    assert found["text"] == "summary"
    assert "caller_id" not in found
    assert "title" not in found


def test_a_column_can_be_left_out() -> None:
    assert "phone" not in named("id,text,time,联系电话", "联系电话=-")
    assert named("id,text,time,联系电话,手机", "联系电话=-")["phone"] == "手机"
    with pytest.raises(BadMapping, match="there is no column '电话'"):
        map_columns(["id", "text", "time"], ["电话=-"])


def test_a_column_whose_name_holds_an_equals_sign_can_be_given() -> None:
    assert named("a=b,text,time", "a=b=source_id")["source_id"] == "a=b"


@pytest.mark.parametrize(
    ("header", "mapping", "named"),
    [
        ("标题,诉求内容", [], "no column for source_id, occurred_at; the columns are 标题, 诉求内容"),
        ("标题,诉求内容", [], "--map COLUMN=source_id --map COLUMN=occurred_at"),
        ("id,text,time", ["betreff=title"], "no column 'betreff'; the columns are id, text, time"),
        ("id,text,time", ["text=subject"], "and - for none"),
        ("id,text,time", ["text"], "not COLUMN=FIELD"),
        ("id,text,time,title", ["text=title", "title=title"], "--map gives title two columns"),
        ("id,text,time,text", [], "two columns are called 'text'"),
        ("id,,time", [], "(blank)"),
    ],
)
def test_columns_that_make_no_ticket_are_named_with_the_remedy(header: str, mapping: list[str], named: str) -> None:
    with pytest.raises(BadMapping) as error:
        map_columns(header.split(","), mapping)
    assert named in str(error.value)


def test_no_name_of_a_column_stands_for_two_fields() -> None:
    names = [name for field in TicketField for name in HEADERS[field].split()]
    assert len(names) == len(set(names))
