"""Facts are put into the reader's language and into plain English; what a person wrote stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import services.intake.pages as pages
from services.chassis.pages.look import SHARED
from services.chassis.pages.speech import Language, Speech, read_words
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place, Urgency
from services.intake.app.plain_english import entry_in_english, reason_in_english
from services.intake.domain.dispatch import Catalogue, decide
from services.intake.domain.review import ReviewReason
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket
from services.intake.pages.history_words import line_words, reason_words
from services.intake.store.ticket_rows import history_row
from tests.unit.intake.tickets import OTHER_TICKET, PLACE, START, new_ticket, walked

FOLDER = Path(pages.__file__).parent
ZH, EN = (Speech(one, read_words([SHARED / "words.yaml", FOLDER / "words.yaml"])) for one in Language)
HERE, NOWHERE = Place(sub_district="310109016"), Place()
DUE = datetime(2026, 7, 8, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type_code", "confidence", "place", "emergency", "zh", "english"),
    [
        ("XQ01", 0.31, HERE, False, "识别为“物业服务不规范”，把握不大（0.31）",
         "type XQ01 is doubtful: confidence 0.31 is below 0.50"),
        ("OT", 1.0, HERE, False, "不属于目录中的任何类型", "none of the catalogue's types"),
        ("XQ01", 0.9, NOWHERE, False, "“物业服务不规范”由街道办理，而地点不明",
         "type XQ01 belongs to the sub-district office, and the place is not known"),
        ("XQ01", 0.9, HERE, True, "疑似紧急警情：请转 110、119、120 或 122，或立即派单",
         "an emergency, it seems: transfer it to 110, 119, 120 or 122, or dispatch it at once"),
    ],
)  # fmt: skip
def test_every_doubt_of_the_catalogue_has_words(
    type_code: str, confidence: float, place: Place, emergency: bool, zh: str, english: str
) -> None:
    reason = decide(Catalogue(taxonomy()), type_code, confidence, place, emergency=emergency)
    assert isinstance(reason, ReviewReason)
    assert reason_words(ZH, reason.facts, english) == zh
    assert reason_words(EN, reason.facts, english) != english
    assert reason_in_english(reason) == english


def test_a_persons_reason_and_an_old_one_are_shown_as_they_are() -> None:
    reason = ReviewReason(words="市民补充了材料")
    assert reason_words(ZH, reason.facts, "市民补充了材料") == reason_in_english(reason) == "市民补充了材料"
    assert reason_words(ZH, None, "none of the catalogue's types") == "none of the catalogue's types"


RECEIVED = (TicketStep.RECEIVE,)
IN_HAND = (TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.DISPATCH)
SETTLED = (*IN_HAND, TicketStep.SETTLE)


def classified(ticket: Ticket) -> None:
    ticket.classify(START, "model:1", "XQ01", PLACE, Urgency.NORMAL, confidence=0.9, signs=("物业", "保洁"))


@pytest.mark.parametrize(
    ("before", "take", "english", "zh"),
    [
        (RECEIVED, classified, "XQ01 0.90: 物业 保洁", "XQ01 物业服务不规范 0.90：物业 保洁"),
        (RECEIVED, lambda one: one.classify(START, "hub", "XQ01", PLACE, Urgency.NORMAL),
         "XQ01: joins what is known", "XQ01 物业服务不规范：来电人加入已知事项"),
        (IN_HAND[:2], lambda one: one.dispatch(START, "catalogue", "housing", ()), "housing", "区房管局"),
        (IN_HAND, lambda one: one.redispatch(START, "hub", "fire", (), "属消防"),
         "fire: 属消防", "区消防救援支队：属消防"),
        (IN_HAND, lambda one: one.reclassify_like(START, "hub", replace(new_ticket(), id=OTHER_TICKET)),
         f"follows {OTHER_TICKET}", "随7d2f0a3e更正"),
        (IN_HAND, lambda one: one.reclassify(START, "hub", "举报", about_unit="housing"),
         "about housing: 举报", "反映对象：区房管局：举报"),
        (IN_HAND, lambda one: replace(one, about_unit="housing", steps=one.steps).reclassify(
            START, "hub", "查无此事", about_unit="nobody"), "about nobody: 查无此事", "不反映任何单位本身：查无此事"),
        (IN_HAND, lambda one: one.assign(START, "chief", "li"), "li", "li"),
        (IN_HAND, lambda one: one.transfer(START, "hub", "119", "起火"), "119: 起火", "119：起火"),
        (IN_HAND, lambda one: one.call_in(START, "hub", "fire", "需要"), "fire: 需要", "区消防救援支队：需要"),
        (IN_HAND, lambda one: one.assist(START, "li", "housing", "已清理", contacted=False),
         "housing: 已清理", "区房管局：已清理"),
        (IN_HAND, lambda one: one.assist(START, "li", "housing", "约周四", contacted=True),
         "housing spoke with the caller: 约周四", "区房管局已联系来电人：约周四"),
        (IN_HAND, lambda one: one.merge(START, "hub", OTHER_TICKET, "同一处"),
         f"{OTHER_TICKET}: 同一处", "7d2f0a3e：同一处"),
        (IN_HAND, lambda one: one.merge(START, "hub", OTHER_TICKET, None),
         f"{OTHER_TICKET}: joins what is known", "7d2f0a3e：来电人加入已知事项"),
        (IN_HAND, lambda one: one.settle(START, "office", False, "列入修缮"),
         "not solved: 列入修缮", "未解决：列入修缮"),
        (SETTLED, lambda one: one.visit(START, "desk", True, None), "solved", "已解决"),
        (IN_HAND, lambda one: one.warn(START, "clock", "settle", DUE),
         "settle: due 2026-07-08T16:00:00+00:00", "办结时限2026年7月8日 24:00"),
        (IN_HAND, lambda one: one.breach(START, "clock", "settle", DUE),
         "settle: was due 2026-07-08T16:00:00+00:00", "办结时限2026年7月8日 24:00"),
        (IN_HAND, lambda one: one.recount(START, "clock", "settle", DUE, DUE + timedelta(days=1), taken_back=False),
         "settle: due 2026-07-09T16:00:00+00:00, not 2026-07-08T16:00:00+00:00",
         "节假日安排已公布，办结时限由2026年7月8日 24:00改为2026年7月9日 24:00"),
        (SETTLED, lambda one: one.recount(START, "clock", "settle", DUE, DUE + timedelta(days=1), taken_back=True),
         "settle: due 2026-07-09T16:00:00+00:00, not 2026-07-08T16:00:00+00:00, the breach is taken back",
         "节假日安排已公布，办结时限由2026年7月8日 24:00改为2026年7月9日 24:00；原记超期不计"),
        (IN_HAND, lambda one: one.contact(START, "office", "已联系: 周四上门"), "已联系: 周四上门", "已联系: 周四上门"),
        (IN_HAND, lambda one: one.sign(START, "office"), None, ""),
    ],
)  # fmt: skip
def test_a_line_of_the_history_has_its_english_and_speaks_the_readers_language(
    before: tuple[TicketStep, ...], take: Callable[[Ticket], object], english: str | None, zh: str
) -> None:
    ticket = walked(*before)
    take(ticket)
    entry = ticket.steps[-1]
    assert entry_in_english(entry) == english
    line = history_row("t", entry)
    assert line["detail"] == english
    assert line_words(ZH, line, {}) == zh


@pytest.mark.parametrize("detail", ["settle: was due 2026-07-08T16:00:00+00:00", "housing", None])
def test_an_old_line_without_facts_is_shown_as_it_was_written(detail: str | None) -> None:
    line: dict[str, Any] = {"step": TicketStep.BREACH, "detail": detail, "facts": None}
    assert line_words(ZH, line, {}) == (detail or "")
