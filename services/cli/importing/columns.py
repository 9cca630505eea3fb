"""Which column of a file is which field of a ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from services.cli.importing.cells import plain


class TicketField(StrEnum):
    """`caller_id` is any other name of a caller at the source: it distinguishes callers where there is no phone.

    `about_unit` is the department that is reported, by its code or a name of it. Of anybody else, such as a firm,
    nothing is kept: a firm gets no tickets. `confidential` says, yes or no, whether the caller wishes to stay unnamed.
    """

    SOURCE_ID = "source_id"
    TEXT = "text"
    TITLE = "title"
    ADDRESS = "address"
    OCCURRED_AT = "occurred_at"
    PHONE = "phone"
    EMAIL = "email"
    CALLER_ID = "caller_id"
    NAME = "name"
    ABOUT_UNIT = "about_unit"
    CONFIDENTIAL = "confidential"


REQUIRED = (TicketField.SOURCE_ID, TicketField.TEXT, TicketField.OCCURRED_AT)

HEADERS: Mapping[TicketField, str] = {
    TicketField.SOURCE_ID: "source_id 工单编号 工单号 诉求编号 受理编号 留言编号 事项编号 编号"
    " ticket_id msg_id message_id case_id id rid",
    TicketField.TEXT: "text 诉求内容 工单内容 问题描述 反映内容 留言内容 留言详情 诉求详情 内容 详情 描述 诉求"
    " detail details content description",
    TicketField.TITLE: "title 诉求标题 工单标题 留言主题 标题 主题 subject summary",
    TicketField.ADDRESS: "address 诉求地址 事发地址 发生地址 详细地址 地址 地点 location",
    TicketField.OCCURRED_AT: "occurred_at 受理时间 诉求时间 来电时间 登记时间 留言时间 提交时间 创建时间 时间 日期"
    " received_at created_at time datetime timestamp date",
    TicketField.PHONE: "phone 联系电话 来电号码 主叫号码 联系方式 手机号码 手机号 手机 电话"
    " phone_number mobile telephone tel",
    TicketField.EMAIL: "email 电子邮箱 电子邮件 联系邮箱 邮箱地址 邮箱 邮件 email_address e-mail mail",
    TicketField.CALLER_ID: "caller_id 诉求人编号 用户编号 留言用户 用户 user_id user",
    TicketField.ABOUT_UNIT: "about_unit 被举报单位 被反映单位 举报对象",
    TicketField.CONFIDENTIAL: "confidential 是否保密 要求保密 身份保密",
    TicketField.NAME: "name 诉求人姓名 诉求人 来电人 联系人 姓名 caller_name caller",
}
"""What the columns are called, the surest name first; blanks, underscores, width and case do not matter."""


NO_FIELD = "-"
"""What `--map` says of a column that is to be left alone, whatever its header."""
_FIELDS = {field.value: field for field in TicketField}


class BadMapping(ValueError):
    """The columns do not make a ticket, and what to do about it."""


def map_columns(header: Sequence[str], mapping: Sequence[str] = ()) -> dict[TicketField, int]:
    """Each field's column, by `mapping` (COLUMN=FIELD) or else by its header. Raises BadMapping."""
    columns: dict[TicketField, int] = {}
    left_out: set[int] = set()
    for one in mapping:
        column, equals, name = one.rpartition("=")
        if equals and name == NO_FIELD:
            left_out.add(_position(header, column))
            continue
        if not equals or name not in _FIELDS:
            raise BadMapping(
                f"--map {one!r} is not COLUMN=FIELD: the fields are {', '.join(TicketField)}, and {NO_FIELD} for none"
            )
        if _FIELDS[name] in columns:
            raise BadMapping(f"--map gives {name} two columns: leave one out")
        columns[_FIELDS[name]] = _position(header, column)
    taken = left_out.union(columns.values())
    names_here = [_plain(cell) for cell in header]
    for field, names in HEADERS.items():
        if field not in columns:
            known = (names_here.index(name) for name in map(_plain, names.split()) if name in names_here)
            found = next((position for position in known if position not in taken), None)
            if found is not None:
                columns[field] = found
    missing = [field for field in REQUIRED if field not in columns]
    if missing:
        remedy = " ".join(f"--map COLUMN={field}" for field in missing)
        raise BadMapping(
            f"no column for {', '.join(missing)}; the columns are {_listed(header)}: name it with {remedy}"
        )
    for field, position in columns.items():
        if names_here.count(names_here[position]) > 1:
            raise BadMapping(f"two columns are called {header[position]!r}, for {field}: rename one of them")
    return columns


def makes_tickets(header: Sequence[str], mapping: Sequence[str] = ()) -> bool:
    """Whether these columns suffice for tickets."""
    try:
        map_columns(header, mapping)
    except BadMapping:
        return False
    return True


def _position(header: Sequence[str], column: str) -> int:
    names = [_plain(cell) for cell in header]
    if _plain(column) not in names:
        raise BadMapping(f"--map: there is no column {column!r}; the columns are {_listed(header)}")
    return names.index(_plain(column))


def _plain(name: str) -> str:
    return re.sub(r"[\s_*:]+", "", plain(name)).casefold()


def _listed(header: Sequence[str]) -> str:
    return ", ".join(cell or "(blank)" for cell in header)
