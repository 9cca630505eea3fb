"""The chapters on messages: one caller's story from their side, and what became of all messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from demo.clockwork import ZONE
from demo.messages import Outcome
from demo.one_caller import Account
from services.contracts.departments import departments

Line = tuple[str, str, str]

CAUSES = {
    "imported history": "历史导入",
    "the city tells them": "由市热线告知",
    "anonymous": "匿名来电",
    "no way to reach them": "无法联系",
    "stopped by the person": "本人不愿接收",
    "confidential": "保密件，不发文字",
    "limit reached": "已达次数上限",
    "superseded": "内容已过时",
    "erased": "个人信息已删除",
    "gateway down": "网关故障",
}
PURPOSES = {"first contact": "先行联系", "own request": "本人申请"}
OUTCOMES = {"read": "已读取", "gone": "已删除，无可读取", "refused": "不予查看", "too often": "次数过多，不予查看"}
KEPT = {
    "texts": ("诉求文字", "texts"),
    "answers": ("答复", "answers"),
    "history_lines": ("办理记录", "lines of history"),
    "attachments": ("附件", "attachments"),
    "follow_ups": ("回访跟进", "follow-ups"),
    "messages_to_the_city": ("报市热线的消息", "messages to the city"),
    "receipts": ("接收回执", "receipts"),
}


def one_caller(account: Account | None) -> dict[str, Any] | None:
    """None when the story did not begin."""
    if account is None:
        return None
    department = departments()[account.department]
    return {
        "number": account.number,
        "text": account.text,
        "department_cn": department.name_cn,
        "department_en": department.name_en,
        "dates": _dates(account, department.name_cn, department.name_en),
        "readings": [_reading(one) for one in account.readings],
        "kept": _kept(account),
        "over": account.places is not None,
        "places": account.places or [],
    }


def messages(outcome: Outcome) -> list[Line]:
    causes = [(CAUSES.get(cause, cause), cause, number) for cause, number in outcome.withheld.most_common()]
    return [
        ("计划发送", "planned", f"{outcome.planned:,}"),
        ("已发出", "sent", f"{outcome.sent:,}"),
        *((f"不发：{cn}", f"withheld: {en}", f"{number:,}") for cn, en, number in causes),
        ("等待（静默时段、或由人工电话告知）", "waiting for quiet hours to end, or for a call", f"{outcome.waiting:,}"),
        ("网关收到两次且内容不同", "doubled: taken twice with different words", str(len(outcome.doubled))),
        ("未发且无原因", "neither sent nor explained", str(len(outcome.unexplained))),
    ]


def _dates(account: Account, department_cn: str, department_en: str) -> list[dict[str, str]]:
    """What the caller lived through, in its order; at the same moment as listed here."""
    own: list[tuple[datetime, str, str]] = [
        (account.call.at, f"拨打热线，编号 {account.number}。", f"The call; its number is {account.number}."),
        *((one.at, f"收到短信：{one.cn}", f"A message: {one.en}") for one in account.messages),
        (
            account.contacted,
            f"{department_cn}查看来电人的电话，并打来电话。",
            f"A clerk of the {department_en} reads the caller's telephone and calls.",
        ),
    ]
    if account.answered:
        own.append((account.answered, "点开链接回答：解决了。", "The answer by the link: solved."))
    if account.erased:
        own.append((account.erased, "申请删除个人信息。", "The caller asks to be erased."))
    return [{"day": _day(at), "cn": cn, "en": en} for at, cn, en in sorted(own, key=lambda one: one[0])]


def _reading(one: dict[str, Any]) -> dict[str, str]:
    """Who read it: their department, or the hub, which has none."""
    unit = departments().get(str(one["unit"] or "").removeprefix("department:"))
    return {
        "day": _day(datetime.fromisoformat(one["at"])),
        "who_cn": unit.name_cn if unit else "区城运中心",
        "who_en": unit.name_en if unit else "operation centre",
        "why_cn": PURPOSES.get(one["purpose"], one["purpose"]),
        "why_en": one["purpose"],
        "outcome_cn": OUTCOMES.get(one["outcome"], one["outcome"]),
        "outcome_en": one["outcome"],
    }


def _kept(account: Account) -> list[tuple[str, str, str, str]]:
    """What the privacy report counted before and after the erasure; empty before they ask for it."""
    if not account.kept or not account.left:
        return []
    before, after = account.kept, account.left
    sealed = ("姓名、电话、地址（加密）", "name, telephone, address (sealed)")
    return [
        (*sealed, str(before["in_vault"]), str(after["in_vault"])),
        *(
            (*KEPT.get(name, (name, name)), str(count), str(after["kept"][name]))
            for name, count in before["kept"].items()
        ),
    ]


def _day(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d}"
