"""A city ticket: it has the city's number and deadline, the reply goes to the city, the city asks the caller."""

from __future__ import annotations

from datetime import timedelta

from demo.scene import Actors, Scene

DEADLINE = timedelta(days=10)


def filed_by_the_city(actors: Actors) -> None:
    actors.city_files(
        "ticket", "小区门口的路灯连着坏了三盏，晚上老人出门看不清路。", "MJ03", resident=54, estate=6, within=DEADLINE
    )


def dispatched(actors: Actors) -> None:
    actors.lead_by("ticket", "housing", "MJ03")


def contacted(actors: Actors) -> None:
    actors.department("housing", "ticket", "contact", note="已电话联系，约定当天夜间上门。")


def settled(actors: Actors) -> None:
    actors.department("housing", "ticket", "settlement", public_answer="三盏路灯已全部修复。", unit_solved=True)


def visited_by_the_city(actors: Actors) -> None:
    actors.city_visits("ticket", solved=True, satisfaction="very satisfied")


def ended(actors: Actors) -> bool:
    ticket, messages = actors.ticket("ticket"), actors.city.messages_about(actors.numbers["ticket"])
    return (
        (ticket["state"], ticket["satisfaction"]) == ("archived", "very satisfied")
        and ticket["city_number"] == actors.numbers["ticket"]
        and [one["step"] for one in messages] == ["dispatch", "contact", "settle"]
        and actors.city.came.most_common(1)[0][1] == 1
    )


SCENE = Scene(
    key="from-the-city",
    title_cn="市热线来单：市级编号与时限，答复上报，市级回访",
    title_en="A ticket from the city: its number and deadline, the reply to the city, the city's call back",
    begins=4,
    mornings={0: filed_by_the_city, 1: settled, 2: visited_by_the_city},
    evenings={0: (dispatched, contacted)},
    ends=ended,
    shown=("ticket",),
)
