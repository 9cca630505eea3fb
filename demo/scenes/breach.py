"""A breach with escalation: a department ignores a ticket, is warned, reported and supervised, and settles late."""

from __future__ import annotations

from demo.scene import Actors, Scene


def called(actors: Actors) -> None:
    actors.file("ticket", "楼道里的公灯坏了一个多月，晚上漆黑一片，报修几次没人来。", "MJ03", resident=53, estate=5)


def dispatched(actors: Actors) -> None:
    actors.lead_by("ticket", "housing", "MJ03")


def supervised(actors: Actors) -> None:
    actors.hub("ticket", "supervision", reason="超过时限未签收，列入督办，三个工作日内书面说明。")


def settled(actors: Actors) -> None:
    actors.department("housing", "ticket", "contact", note="已致歉并说明原因。")
    actors.department("housing", "ticket", "settlement", public_answer="公灯已更换，向您致歉。", unit_solved=True)


def visited(actors: Actors) -> None:
    actors.hub("ticket", "visit", caller_solved=True, satisfaction="basically satisfied", note="修好了，就是太慢")


def ended(actors: Actors) -> bool:
    ticket = actors.ticket("ticket")
    breached = {clock["kind"] for clock in ticket["clocks"] if clock["breached_at"]}
    return ticket["state"] == "archived" and ticket["supervised"] and {"contact", "settle"} <= breached


SCENE = Scene(
    key="breach",
    title_cn="超时与督办：预警、超时、升级，直至办结",
    title_en="A missed limit: warned, escalated, supervised, settled late",
    begins=8,
    mornings={0: called, 2: supervised, 3: settled, 4: visited},
    evenings={0: (dispatched,)},
    ends=ended,
    shown=("ticket",),
)
