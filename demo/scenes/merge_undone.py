"""Two callers, two leaks: linked as one problem, found to be two, unlinked; each caller gets an answer."""

from __future__ import annotations

from demo.scene import Actors, Scene


def called(actors: Actors) -> None:
    actors.file("first", "顶楼漏雨，雨水从屋面渗进来，天花板都湿了，请来修。", "MJ01", resident=54, estate=7)
    actors.file("second", "六楼楼顶漏水，下雨天要拿盆接，请来看看。", "MJ01", resident=55, estate=7)


def dispatched(actors: Actors) -> None:
    for name in ("first", "second"):
        actors.lead_by(name, "housing", "MJ01")


def linked(actors: Actors) -> None:
    actors.hub("second", "merge", into=actors.tickets["first"], reason="同一小区同一类问题。")


def found_to_be_two(actors: Actors) -> None:
    actors.hub("second", "unmerge", reason="现场核实：两栋楼，两处漏点，各自办理。")


def settled(actors: Actors) -> None:
    for name in ("first", "second"):
        actors.department("housing", name, "settlement", public_answer="屋面漏点已修补。", unit_solved=True)


def visited(actors: Actors) -> None:
    for name in ("first", "second"):
        actors.hub(name, "visit", caller_solved=True, satisfaction="satisfied")


def ended(actors: Actors) -> bool:
    second = actors.ticket("second")
    steps = [line["step"] for line in second["history"]]
    return (
        {actors.ticket(name)["state"] for name in ("first", "second")} == {"archived"}
        and second["merged_into"] is None
        and steps.index("merge") < steps.index("unmerge")
    )


SCENE = Scene(
    key="merge-undone",
    title_cn="并单与撤销：看似一事，实为两处",
    title_en="A link undone: what looked like one problem was two",
    begins=10,
    mornings={0: called, 1: found_to_be_two, 2: settled, 3: visited},
    evenings={0: (dispatched, linked)},
    ends=ended,
    shown=("second",),
)
