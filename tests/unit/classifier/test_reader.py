"""The reader as it is built from the data files: right on plain texts, and never raising on any."""

from __future__ import annotations

import time
from functools import cache

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.domain.read_text import MOST_REASONS, ModelReader
from services.classifier.domain.reading import Reading
from services.classifier.domain.urgency_rules import RULES
from services.classifier.files.reader_data import DATA
from services.contracts.classification_events import TicketClassified
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Urgency
from services.contracts.writing import plain
from tests.unit.classifier.readers import shipped_reader

TICKET = "0190a5a0-0000-7000-8000-000000000001"
WORDS = sorted({word for row in taxonomy().types.values() for word in row.keywords})


@cache
def reader() -> ModelReader:
    return shipped_reader()


def assert_publishable(reading: Reading) -> None:
    event = TicketClassified(
        version=1,
        ticket_id=TICKET,
        type_code=reading.type_code,
        confidence=reading.confidence,
        runner_up=reading.runner_up,
        secondary=reading.secondary,
        place=reading.place,
        urgency=reading.urgency,
        reasons=reading.reasons,
        model_version=reading.model_version,
    )
    assert len(event.model_dump_json().encode()) < 10_000
    assert len(reading.reasons) <= MOST_REASONS
    assert reading.runner_up != reading.type_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("六楼屋顶漏水，下雨天卧室一直滴水", "MJ01"),
        ("下水道堵塞，污水冒溢到一楼", "MJ04"),
        ("居民把电瓶车推进楼道充电，飞线充电很危险", "XQ06"),
        ("加装电梯的方案一楼不同意", "MJ14"),
        ("饭店油烟扰民", "SC06"),
        ("门口有人占道设摊", "SC01"),
        ("健身房跑路，预付卡退不了", "SC05"),
        ("我们小区什么时候纳入修缮计划", "MJ19"),
        ("电梯停运三天了，老人上不了楼", "XQ15"),
        ("學校老師亂收補課費", "OT"),
        ("学校老师乱收补课费", "OT"),
    ],
)
def test_a_plain_text_gets_its_type(text: str, code: str) -> None:
    assert reader().read(text, None).type_code == code


def test_a_reading_names_place_urgency_and_reasons() -> None:
    reading = reader().read("屋顶漏水，顶楼漏电", "曲阳路1301弄14号")
    assert reading.place.estate == "youdian-2"
    assert reading.place.sub_district == "310109010"
    assert reading.urgency is Urgency.URGENT
    assert "屋顶漏水" in reading.reasons


def test_a_word_that_raised_the_urgency_is_among_the_reasons() -> None:
    reading = reader().read("路灯不亮，老人摔倒受伤", None)
    assert reading.urgency is Urgency.CRITICAL
    assert "受伤" in reading.reasons


@pytest.mark.parametrize(
    ("text", "otherwise"),
    [
        ("三楼着火了，浓烟很大，有人没出来", "三樓著火了，濃煙很大，有人沒出來"),
        ("家里煤气泄漏，快来人", "家裡煤氣洩漏，快來人"),
        ("孩子触电了", "孩子觸電了"),
        ("电梯停运三天了，老人上不了楼", "電梯停運三天了，老人上不了樓"),
        ("三楼着火了", "三楼着\u200b火了"),
        ("三楼着火了", "三楼着\ufe0f火\u3164了"),
        ("屋顶漏水，⻔窗坏了", "屋頂漏水，门窗壞了"),
    ],
)
def test_whichever_way_a_text_is_written_it_is_read_alike(text: str, otherwise: str) -> None:
    assert reader().read(otherwise, "曲陽路１３０１弄") == reader().read(text, "曲阳路1301弄")


def test_a_sign_inside_a_word_hides_no_fire() -> None:
    assert reader().read("三楼着🔥火了", None).emergency


def test_the_rules_are_in_plain_writing() -> None:
    phrases = [phrase.pattern for rule in RULES for phrase in rule.phrases.values()]
    listed = yaml.load((DATA / "place_words.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    words = [str(word) for one in listed.values() for word in one]
    assert [one for one in (*phrases, *words) if plain(one) != one] == []


HARD = [
    "",
    " ",
    "\x00",
    "漏水\x00漏水",
    "🏚️💧",
    "roof leaks since 2024",
    "\ud800",
    "漏水\udfff",
    "漏水" * 10_000,
    "ﷺ" * 60_000,
]


@pytest.mark.parametrize("text", HARD)
@pytest.mark.parametrize("address", [None, *HARD[:6]])
def test_no_text_is_too_hard(text: str, address: str | None) -> None:
    assert_publishable(reader().read(text, address))


def test_a_megabyte_is_read() -> None:
    assert reader().read("屋顶漏水" + "啊" * 350_000, None).type_code == "MJ01"


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS)).map("，".join), st.none() | st.text())
def test_any_text_gives_a_reading_that_can_be_published(text: str, address: str | None) -> None:
    reading = reader().read(text, address)
    assert_publishable(reading)
    assert reading == reader().read(text, address)


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(categories=["Cs", "Co", "Cc", "So", "Lo"]), min_size=1))
def test_surrogates_and_controls_give_a_reading_too(text: str) -> None:
    assert_publishable(reader().read(text, text))


@pytest.mark.parametrize("unit", ["1", "一", "十", "a1", "12号", "1、", "凉城路1弄", "三楼着火", "没有触电", "第1村"])
def test_a_text_four_times_as_long_takes_no_more_than_four_times_as_long(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        best = 60.0
        for _ in range(2):
            started = time.process_time()
            reader().read(text, text[:1_000])
            best = min(best, time.process_time() - started)
        return best

    assert seconds(40_000) < 2 * 4 * max(seconds(10_000), 0.005)
