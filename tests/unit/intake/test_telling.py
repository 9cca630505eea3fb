"""What a machine wrote is said in the reader's language; what a person wrote stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import services.intake.adapters.pages as pages
from services.chassis.pages.look import SHARED
from services.chassis.pages.speech import Language, Speech, read_words
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place
from services.intake.adapters.pages.telling import reason, told
from services.intake.domain.dispatch import Catalogue, Review, decide
from services.intake.domain.steps import Step

FOLDER = Path(pages.__file__).parent
ZH, EN = (Speech(one, read_words([SHARED / "words.yaml", FOLDER / "words.yaml"])) for one in Language)
BREACHED = "settle: was due 2026-07-08T16:00:00+00:00"
HERE, NOWHERE = Place(sub_district="310109016"), Place()


@pytest.mark.parametrize(
    ("type_code", "confidence", "place", "emergency", "said"),
    [
        ("XQ01", 0.31, HERE, False, "识别为“物业服务不规范”，把握不大（0.31）"),
        ("OT", 1.0, HERE, False, "不属于目录中的任何类型"),
        ("XQ01", 0.9, NOWHERE, False, "“物业服务不规范”由街道办理，而地点不明"),
        ("XQ01", 0.9, HERE, True, "疑似紧急警情：请转 110、119、120 或 122，或立即派单"),
    ],
)
def test_whatever_the_catalogue_doubts_is_said_in_words(
    type_code: str, confidence: float, place: Place, emergency: bool, said: str
) -> None:
    decision = decide(Catalogue(taxonomy()), type_code, confidence, place, emergency=emergency)
    assert isinstance(decision, Review)
    assert reason(ZH, decision.reason) == said
    assert reason(EN, decision.reason) != decision.reason


@pytest.mark.parametrize(
    ("step", "detail", "zh", "en"),
    [
        (Step.DISPATCH, "housing", "区房管局", "District Housing Management Bureau"),
        (Step.REDISPATCH, "fire: 属消防", "区消防救援支队：属消防", "District Fire and Rescue Detachment: 属消防"),
        (Step.SETTLE, "not solved: 列入修缮", "未解决：列入修缮", "not solved: 列入修缮"),
        (Step.VISIT, "solved", "已解决", "solved"),
        (Step.BREACH, BREACHED, "办结时限2026年7月8日 24:00", "Settle: due 8 Jul 2026 24:00"),
        (Step.BREACH, "as it was noted once", "as it was noted once", "as it was noted once"),
        (Step.CONTACT, "已联系: 周四上门", "已联系: 周四上门", "已联系: 周四上门"),
        (Step.SIGN, None, "", ""),
    ],
)  # fmt: skip
def test_a_line_of_the_history_speaks_the_readers_language(step: Step, detail: str | None, zh: str, en: str) -> None:
    line = {"step": step, "detail": detail}
    assert (told(ZH, line), told(EN, line)) == (zh, en)
