"""services/classifier/domain/urgency.py: the rules of domain.md §2.3."""

from __future__ import annotations

import pytest

from services.classifier.domain.urgency import RULES, urgency_of
from services.contracts.ticket_events import Urgency


@pytest.mark.parametrize(("urgency", "word"), [(rule.urgency, word) for rule in RULES for word in rule.words])
def test_each_word_of_the_rules_raises_the_urgency_it_stands_for(urgency: Urgency, word: str) -> None:
    assert urgency_of(f"小区里{word}了", Urgency.NORMAL) == (urgency, (word,))


def test_danger_outranks_a_hazard() -> None:
    assert urgency_of("井盖破损，老人受伤", Urgency.NORMAL) == (Urgency.CRITICAL, ("受伤",))


def test_the_usual_urgency_of_the_type_is_never_lowered() -> None:
    assert urgency_of("请问流程", Urgency.URGENT) == (Urgency.URGENT, ())
    assert urgency_of("停水了", Urgency.CRITICAL) == (Urgency.CRITICAL, ())


def test_a_plain_text_stays_normal() -> None:
    assert urgency_of("建议增加座椅", Urgency.NORMAL) == (Urgency.NORMAL, ())
