"""Two returns: one is refused, one is upheld. The clocks keep running until the decision."""

from __future__ import annotations

from demo.scene import Actors, Scene
from services.contracts.reply_events import TicketContactReplied, TicketReturnReplied, TicketSignReplied

WHY = "经核实该积水点位于市政道路，不属小区公共部位，应由建管委办理，现场照片另附。"


def called(actors: Actors) -> None:
    actors.file("ours", "小区里路面破损，坑坑洼洼，老人走路容易摔跤，请来修补。", "MJ09", resident=50)
    actors.file("theirs", "小区门口的马路一下雨就积水，排水不畅，出门要蹚水，请尽快处理。", "MJ05", resident=51)


def given_back(actors: Actors) -> None:
    for name, type_code in (("ours", "MJ09"), ("theirs", "MJ05")):
        actors.lead_by(name, "housing", type_code)
        actors.reply("housing", name, TicketSignReplied)
        actors.reply("housing", name, TicketReturnReplied, text=WHY)


def adjudicated(actors: Actors) -> None:
    actors.hub("ours", "return/refusal", reason="路面在小区内，属房屋修缮范围。")
    actors.hub("theirs", "return/upholding", lead="construction", reason="积水点在市政道路，归建管委。")


def answered(actors: Actors) -> None:
    actors.reply("housing", "ours", TicketContactReplied, text="已与来电人确认破损位置。")
    actors.reply("construction", "theirs", TicketContactReplied, text="已联系来电人，说明疏通安排。")


def settled(actors: Actors) -> None:
    actors.department("housing", "ours", "settlement", public_answer="破损路面已修补。", unit_solved=True)
    actors.department("construction", "theirs", "settlement", public_answer="雨水口已疏通。", unit_solved=True)


def visited(actors: Actors) -> None:
    for name in ("ours", "theirs"):
        actors.hub(name, "visit", caller_solved=True, satisfaction="satisfied")


def ended(actors: Actors) -> bool:
    ours, theirs = actors.ticket("ours"), actors.ticket("theirs")
    taken_back = [one for one in theirs["clocks"] if one["outcome"] == "taken back"]
    return (
        {ours["state"], theirs["state"]} == {"archived"}
        and (ours["lead"], theirs["lead"]) == ("housing", "construction")
        and bool(taken_back)
    )


SCENE = Scene(
    key="return-battle",
    title_cn="退单之争：一件驳回，一件改派",
    title_en="Two returns: one refused, one passed to the department in charge",
    begins=4,
    mornings={0: called, 1: settled, 2: visited},
    evenings={0: (given_back, adjudicated, answered)},
    ends=ended,
    shown=("theirs", "ours"),
)
