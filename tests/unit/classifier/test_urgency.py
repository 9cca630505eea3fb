"""services/classifier/domain/urgency.py and sensitive.py: the rules of docs/domain.md §2.3 and §9."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from services.classifier.domain.lexicon import normalise
from services.classifier.domain.sensitive import sensitive_of
from services.classifier.domain.urgency import Pressing, urgency_of
from services.classifier.domain.urgency_rules import RULES, Rule
from services.contracts.classification_events import Sensitive
from services.contracts.ticket_events import Urgency
from tests.harness.fixtures import Report

EVERY = [(rule, word) for rule in RULES for word in rule.words]


@pytest.mark.parametrize(("rule", "word"), EVERY, ids=[word for _, word in EVERY])
def test_each_word_of_the_rules_raises_the_urgency_it_stands_for(rule: Rule, word: str) -> None:
    found = urgency_of(f"小区里{word}了", Urgency.NORMAL)
    assert (found.urgency, found.emergency) == (rule.urgency, rule.emergency)
    assert found.words


@pytest.mark.parametrize(
    ("text", "urgency", "reason"),
    [
        ("三楼外墙的瓷砖鼓起来要掉", Urgency.URGENT, "悬空松脱"),
        ("配电箱的门一直敞开着", Urgency.URGENT, "电的隐患"),
        ("有人把安全出口锁死", Urgency.URGENT, "消防受阻"),
        ("电梯关到一半突然停", Urgency.URGENT, "路与梯的隐患"),
        ("小区停了暖气", Urgency.URGENT, "停供"),
        ("卧室进水，马桶往上冒", Urgency.URGENT, "污水进屋"),
        ("轮椅下不来", Urgency.URGENT, "困在家中"),
        ("再不来修我就自己动手了", Urgency.CRITICAL, "扬言过激"),
        ("邻居老人走失", Urgency.CRITICAL, "人不见了"),
        ("孩子吃果冻噎住", Urgency.CRITICAL, "噎呛休克"),
    ],
)
def test_a_turn_of_phrase_is_heard_and_its_reason_given(text: str, urgency: Urgency, reason: str) -> None:
    found = urgency_of(text, Urgency.NORMAL)
    assert found.urgency is urgency
    assert reason in found.words


def test_danger_outranks_a_hazard() -> None:
    assert urgency_of("井盖破损，老人受伤", Urgency.NORMAL) == Pressing(Urgency.CRITICAL, True, ("受伤",))


def test_the_usual_urgency_of_the_type_is_never_lowered() -> None:
    assert urgency_of("请问流程", Urgency.URGENT) == Pressing(Urgency.URGENT, False, ())
    assert urgency_of("停水了", Urgency.CRITICAL) == Pressing(Urgency.CRITICAL, False, ())


def test_a_plain_text_stays_normal() -> None:
    assert urgency_of("建议增加座椅", Urgency.NORMAL) == Pressing(Urgency.NORMAL, False, ())


@pytest.mark.parametrize(
    "text",
    [
        "去年楼下起火后一直没修",
        "楼道堆物，存在火灾隐患",
        "担心哪天爆炸",
        "万一起火怎么逃",
        "老化的电线容易起火",
        "2019年着火烧过一次",
    ],
)
def test_what_was_or_might_be_is_a_hazard_and_no_emergency(text: str) -> None:
    found = urgency_of(text, Urgency.NORMAL)
    assert (found.urgency, found.emergency) == (Urgency.URGENT, False)


@pytest.mark.parametrize("text", ["还好没有人受伤", "要预防火灾", "没有起火"])
def test_what_is_said_not_to_be_is_nothing(text: str) -> None:
    assert urgency_of(text, Urgency.NORMAL) == Pressing(Urgency.NORMAL, False, ())


@pytest.mark.parametrize(
    "text",
    [
        "一进楼道就有很重的煤气味道",
        "隔壁窗口在冒火光",
        "有老人摔在地上昏过去",
        "电梯里有人被困",
        "去年起火，今天又起火了",
    ],
)
def test_what_happens_now_is_an_emergency(text: str) -> None:
    found = urgency_of(text, Urgency.NORMAL)
    assert (found.urgency, found.emergency) == (Urgency.CRITICAL, True)


def test_an_emergency_is_flagged_whatever_the_type_usually_is() -> None:
    assert urgency_of("着火了", Urgency.CRITICAL).emergency


def test_reasons_are_words_of_the_rules_and_never_of_the_text() -> None:
    assert urgency_of("张三家老人突然昏倒在地", Urgency.NORMAL).words == ("有人受伤",)


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("母亲刚做完化疗，楼上装修吵", Sensitive.HEALTH),
        ("五年级的小学生被狗追", Sensitive.MINOR),
        ("未成年人患有哮喘", Sensitive.MINOR),
        ("幼儿园门口乱停车", None),
        ("儿童乐园的滑梯坏了", None),
        ("路灯不亮", None),
    ],
)
def test_health_and_children_are_sensitive(text: str, sensitive: Sensitive | None) -> None:
    assert sensitive_of(text) is sensitive


@pytest.mark.parametrize(("file", "heard", "false"), [("urgency_texts.csv", 15, 1), ("urgency_letters.csv", 14, 3)])
def test_emergencies_in_texts_of_somebody_else_are_heard(report: Report, file: str, heard: int, false: int) -> None:
    """Written by people who had not read the rules. What is reached is held; it does not replace a person's ear."""
    with (Path(__file__).parents[2] / "data" / file).open(encoding="utf-8", newline="") as lines:
        rows = [(row["text"], row["emergency"] == "true") for row in csv.DictReader(lines)]
    flagged = [(urgency_of(normalise(text), Urgency.NORMAL).emergency, is_one) for text, is_one in rows]
    found = sum(flag for flag, is_one in flagged if is_one)
    wrong = sum(flag for flag, is_one in flagged if not is_one)
    report(f"{file}: {found} of {sum(is_one for _, is_one in rows)} emergencies heard, {wrong} false")
    assert found >= heard
    assert wrong <= false
