"""The words of the pages: none is missing when a state or a kind is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import services
from services.chassis.pages.look import SHARED
from services.chassis.pages.speech import Language, Speech, read_words
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.taxonomy import Area
from services.contracts.ticket_events import Channel, RequestKind, Satisfaction, Urgency
from services.intake.domain.attachment import Purpose
from services.intake.domain.deadline import DeadlineOutcome
from services.intake.domain.follow_up import Stage
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.reach import Contact
from services.intake.domain.repeats import Repeat
from services.intake.domain.review import ReviewCode
from services.intake.domain.steps import TicketState, TicketStep
from services.intake.domain.telling import TellingState, Way
from services.intake.domain.telling_plan import Cause
from services.intake.domain.ticket_record import Extension
from services.intake.http.shifts import Span
from services.intake.pages.indicators import BY
from services.intake.pages.shifts import LISTS
from services.intake.pages.step_forms import FORMS
from services.intake.pages.together import TOGETHER
from services.intake.store.inbox import Tab
from services.intake.store.indicators import INDICATORS
from services.projects.domain import hot_issue
from services.projects.domain.works import repair_project
from services.projects.store.board import COLUMNS

OF = Path(next(iter(services.__path__)))
SHOWN: Mapping[str, Mapping[str, Iterable[str]]] = {
    "intake": {
        "ticket": TicketState,
        "step": TicketStep,
        "channel": Channel,
        "satisfaction": Satisfaction,
        "kind": RequestKind,
        "urgency": Urgency,
        "extension": Extension,
        "clock": DeadlineKind,
        "tab": Tab,
        "mood": ("running", "near", "breached", "paused", "lapsed", *DeadlineOutcome),
        "indicator": (*INDICATORS, *(f"{name}.help" for name in INDICATORS)),
        "by": BY,
        "stage": Stage,
        "purpose": Purpose,
        "why": ReviewCode,
        "related": [kind.name.lower() for kind in Repeat],
        "span": Span,
        "handover": LISTS,
        "together": TOGETHER,
        "form": FORMS,
        "way": Way,
        "reach": Contact,
        "telling": TellingState,
        "telling_cause": Cause,
        "field": {field.name for form in FORMS.values() for field in form.fields},
        "fault": {field.name for form in FORMS.values() for field in form.fields},
    },
    "projects": {
        "issue": hot_issue.IssueState,
        "member": hot_issue.Reason,
        "project": repair_project.ProjectState,
        "need": {fact for facts in repair_project.REQUIRED.values() for fact in facts},
        "kind": DecisionKind,
        "area": Area,
        "column": COLUMNS,
    },
}


WORDS = {"hours": 8, "type": "MJ01", "confidence": "0.31", "elsewhere": "浦东新区", "unit": "区房管局"}
"""What a sentence may have a place for."""


@pytest.mark.parametrize("service", SHOWN)
@pytest.mark.parametrize("language", Language)
def test_whatever_can_be_shown_has_words(service: str, language: Language) -> None:
    say = Speech(language, read_words([SHARED / "words.yaml", OF / service / "pages" / "words.yaml"]))
    for prefix, keys in SHOWN[service].items():
        for key in keys:
            assert say(
                f"{prefix}.{key}", hours=8, type="MJ01", confidence="0.31", elsewhere="浦东新区", unit="区房管局"
            )


def test_an_entry_without_a_language_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("hello: {zh: 你好}")
    with pytest.raises(ValueError, match="hello: must have zh and en"):
        read_words([tmp_path / "words.yaml"])


def test_a_key_that_stands_twice_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text(
        "a: {zh: 甲, en: A}\nb: {zh: 乙, en: B}\na: {zh: 丙, en: C}\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="a: stands there twice"):
        read_words([tmp_path / "words.yaml"])


def test_a_limit_at_midnight_belongs_to_the_day_that_it_ends() -> None:
    say = Speech(Language.ZH, read_words([SHARED / "words.yaml"]))
    midnight = datetime(2026, 7, 8, 16, tzinfo=UTC)
    assert (say.when(midnight), say.limit(midnight)) == ("2026年7月9日 00:00", "2026年7月8日 24:00")
    assert say.last_day(midnight) == "2026年7月8日"
    assert say.limit(midnight + timedelta(hours=9)) == "2026年7月9日 09:00"


@pytest.mark.parametrize(
    ("hours", "said"), [(50, "剩2天2小时"), (0.5, "剩不到1小时"), (-25, "超期1天1小时"), (0, "剩不到1小时")]
)
def test_what_is_left_of_a_limit(hours: float, said: str) -> None:
    now = datetime(2026, 7, 8, tzinfo=UTC)
    assert Speech(Language.ZH, read_words([SHARED / "words.yaml"])).left(now + timedelta(hours=hours), now) == said
