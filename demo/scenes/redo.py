"""A redo: the department reports it solved, the caller disagrees; it is done again, and then it is solved."""

from __future__ import annotations

from demo.scene import Actors, Scene


def called(actors: Actors) -> None:
    actors.file("ticket", "楼下下水道堵塞，污水返上来，臭得没法住，请尽快疏通。", "MJ04", resident=56, estate=9)


def contacted(actors: Actors) -> None:
    actors.lead_by("ticket", "housing", "MJ04")
    actors.department("housing", "ticket", "contact", note="约定当天上门。")


def settled(actors: Actors) -> None:
    actors.department("housing", "ticket", "settlement", public_answer="已疏通管道。", unit_solved=True)


def redo_ordered(actors: Actors) -> None:
    actors.hub(
        "ticket", "visit", caller_solved=False, satisfaction="dissatisfied", redo="来电人称第二天又堵，须查明并根治。"
    )


def done_again(actors: Actors) -> None:
    actors.department(
        "housing", "ticket", "settlement", public_answer="主管道塌陷段已更换，负责人已上门说明。", unit_solved=True
    )


def visited(actors: Actors) -> None:
    actors.hub("ticket", "visit", caller_solved=True, satisfaction="satisfied")


def ended(actors: Actors) -> bool:
    ticket = actors.ticket("ticket")
    return ticket["state"] == "archived" and ticket["redos"] == 1 and ticket["caller_solved"] is True


SCENE = Scene(
    key="redo",
    title_cn="重办：单位说好了，居民说没好",
    title_en="A redo: the department reports it solved, the caller disagrees",
    begins=12,
    mornings={0: called, 1: settled, 2: redo_ordered, 3: done_again, 4: visited},
    evenings={0: (contacted,)},
    ends=ended,
    shown=("ticket",),
)
