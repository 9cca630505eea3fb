"""An extension: a complex case gets more time, once, with approval, and is settled on time."""

from __future__ import annotations

from demo.scene import Actors, Scene
from services.contracts.reply_events import TicketContactReplied, TicketExtensionReplied


def called(actors: Actors) -> None:
    actors.file("ticket", "我们这栋楼外墙渗水，墙皮一块块往下掉，请派人来修。", "MJ02", resident=52, estate=3)


def asked(actors: Actors) -> None:
    actors.lead_by("ticket", "housing", "MJ02")
    actors.reply("housing", "ticket", TicketContactReplied, text="已到现场，需搭脚手架。")
    actors.reply("housing", "ticket", TicketExtensionReplied, text="需搭设脚手架并避开雨天，五个工作日内无法完成。")


def granted(actors: Actors) -> None:
    actors.hub("ticket", "extension/grant", reason="情况复杂，同意延期，请告知来电人。")


def reported(actors: Actors) -> None:
    actors.department("housing", "ticket", "report", note="脚手架已搭好，正在铲除空鼓。")


def settled(actors: Actors) -> None:
    actors.department("housing", "ticket", "settlement", public_answer="外墙已修补。", unit_solved=True)


def visited(actors: Actors) -> None:
    actors.hub("ticket", "visit", caller_solved=True, satisfaction="very satisfied")


def ended(actors: Actors) -> bool:
    ticket = actors.ticket("ticket")
    on_time = str(ticket["settled_at"]) <= str(ticket["settle_by"])
    return ticket["state"] == "archived" and ticket["extension"] == "granted" and on_time


SCENE = Scene(
    key="extension",
    title_cn="一次延期：复杂事项，批准后按期办结",
    title_en="An extension: a complex case, approved, settled on time",
    begins=6,
    mornings={0: called, 2: settled, 3: visited},
    evenings={0: (asked, granted), 1: (reported,)},
    ends=ended,
    shown=("ticket",),
)
