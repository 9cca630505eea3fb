"""Readings of texts whose estate is not registered, as the classifier gives them."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.domain.fingerprint import fingerprint_of
from services.classifier.domain.lexicon import normalise
from services.classifier.files.reader_data import load_place_words
from services.contracts.classification_events import TicketClassified
from services.contracts.event import Event
from tests.harness.term_key import TERM_KEY
from tests.integration.projects.events import classified, received

PLACE_WORDS = load_place_words()

PUMP = (
    "投诉临溪桥小学旁工地水泵整夜轰鸣，附近的人无法入睡",
    "临溪桥小学旁的工地夜里水泵声音太大，老人小孩都睡不着",
    "临溪桥小学门口工地水泵噪声大，半夜还在抽水",
    "请管一管临溪桥小学旁边工地的水泵，轰鸣到天亮",
    "临溪桥小学对面工地水泵夜间抽水噪声扰民",
    "临溪桥小学旁工地水泵又响了一夜，没有人来处理",
)
"""One matter, each by another caller."""
ELSEWHERE = tuple(text.replace("临溪桥小学", "望月台中学") for text in PUMP)
_WHAT = ("自动扶梯", "菜场垃圾", "老年大学", "公交班次", "快递柜", "广场舞", "挂号窗口", "公园长椅", "窨井盖", "理发店")
_HOW = ("坏了三天", "没有人来管", "排队太久", "收费不合理", "让人摔跤", "请改一改")
OTHERS = tuple(what + how for what in _WHAT for how in _HOW)
"""So that the words of a matter are rare among what people say."""


def read(ticket: int, text: str) -> TicketClassified:
    message = normalise(text)
    more = {"place_words": PLACE_WORDS.of(message), "fingerprint": fingerprint_of(message, TERM_KEY)}
    return TicketClassified.model_validate(classified(ticket, "OT", None).model_dump() | more)


def tickets(ticket: int, text: str, *, by: int, day: float) -> list[Event]:
    """A ticket and what was read of it."""
    return [received(ticket, by=by, day=day), read(ticket, text)]


def background() -> list[Event]:
    """Of one caller, who is no concentration."""
    return [event for n, text in enumerate(OTHERS, start=900) for event in tickets(n, text, by=900, day=0.5)]


def calls(texts: Sequence[str], *, first: int = 1, callers: int = 99) -> list[Event]:
    """One a day, by so many callers in turn."""
    return [
        event for n, text in enumerate(texts) for event in tickets(first + n, text, by=first + n % callers, day=1 + n)
    ]
