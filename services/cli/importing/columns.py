"""Which column of a file is which field of a ticket."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Field(StrEnum):
    """`caller_id` is the source's own name for a caller, where no phone is told: it tells distinct callers apart."""

    SOURCE_ID = "source_id"
    TEXT = "text"
    TITLE = "title"
    ADDRESS = "address"
    OCCURRED_AT = "occurred_at"
    PHONE = "phone"
    CALLER_ID = "caller_id"
    NAME = "name"


REQUIRED = (Field.SOURCE_ID, Field.TEXT, Field.OCCURRED_AT)

HEADERS: Mapping[Field, str] = {
    Field.SOURCE_ID: "source_id 工单编号 工单号 诉求编号 受理编号 留言编号 事项编号 编号"
    " ticket_id msg_id message_id case_id id rid",
    Field.TEXT: "text 诉求内容 工单内容 问题描述 反映内容 留言内容 留言详情 诉求详情 内容 详情 描述 诉求"
    " detail details content description",
    Field.TITLE: "title 诉求标题 工单标题 留言主题 标题 主题 subject summary",
    Field.ADDRESS: "address 诉求地址 事发地址 发生地址 详细地址 地址 地点 location",
    Field.OCCURRED_AT: "occurred_at 受理时间 诉求时间 来电时间 登记时间 留言时间 提交时间 创建时间 时间 日期"
    " received_at created_at time datetime timestamp date",
    Field.PHONE: "phone 联系电话 来电号码 主叫号码 联系方式 手机号码 手机号 手机 电话"
    " phone_number mobile telephone tel",
    Field.CALLER_ID: "caller_id 诉求人编号 用户编号 留言用户 用户 user_id user",
    Field.NAME: "name 诉求人姓名 诉求人 来电人 联系人 姓名 caller_name caller",
}
"""What the columns are called, the surest name first; blanks, underscores, width and case do not matter."""


_FIELDS = {field.value: field for field in Field}


class BadMapping(ValueError):
    """The columns do not make a ticket, and what to do about it."""


def map_columns(header: Sequence[str], told: Sequence[str] = ()) -> dict[Field, int]:
    """Each field's column, by what `told` says (COLUMN=FIELD), else by its header. Raises BadMapping."""
    columns: dict[Field, int] = {}
    for one in told:
        column, equals, name = one.rpartition("=")
        if not equals or name not in _FIELDS:
            raise BadMapping(f"--map {one!r} is not COLUMN=FIELD with one of the fields {', '.join(Field)}")
        if _FIELDS[name] in columns:
            raise BadMapping(f"--map gives {name} two columns: leave one out")
        columns[_FIELDS[name]] = _position(header, column)
    taken = set(columns.values())
    plain = [_plain(cell) for cell in header]
    for field, names in HEADERS.items():
        if field not in columns:
            known = (plain.index(name) for name in map(_plain, names.split()) if name in plain)
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
        if plain.count(plain[position]) > 1:
            raise BadMapping(f"two columns are called {header[position]!r}, for {field}: rename one of them")
    return columns


def _position(header: Sequence[str], column: str) -> int:
    plain = [_plain(cell) for cell in header]
    if _plain(column) not in plain:
        raise BadMapping(f"--map: there is no column {column!r}; the columns are {_listed(header)}")
    return plain.index(_plain(column))


def _plain(name: str) -> str:
    return re.sub(r"[\s_*:]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _listed(header: Sequence[str]) -> str:
    return ", ".join(cell or "(blank)" for cell in header)
