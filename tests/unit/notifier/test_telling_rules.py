"""The rules by which officers are notified: what a file may say, which edition counts, and whom a rule tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.contracts.clock_events import CLOCKS
from services.contracts.data_files import InvalidData
from services.contracts.hot_issue_events import ISSUE_LEVELS
from services.contracts.ticket_events import Urgency
from services.intake.files.deadline_rules import deadline_rules
from services.notifier.app.posts_of_fact import UnitPost, seats_of
from services.notifier.app.tell_officers import digest_key
from services.notifier.domain.notice_values import PARTS, missing_of, values_of
from services.notifier.domain.officer import Post
from services.notifier.domain.telling_rules import TRIGGERS, TellingRule, Together
from services.notifier.files.officer_words import load_officer_words
from services.notifier.files.telling_rules import load_telling_rules
from services.projects.domain.detection import IssueLevel
from tests.integration.notifier.events import dispatched

WORDS = load_officer_words()
GOOD: dict[str, Any] = {
    "rule": "urgent-ticket",
    "event": "ticket.dispatched.v1",
    "urgencies": ["urgent"],
    "to": {"lead": ["duty"]},
    "template": "ticket-given",
    "read_within": "PT1H",
    "chain": [{"of": "lead", "post": "leader", "within": "PT2H"}],
}


def written(folder: Path, *editions: dict[str, Any]) -> Path:
    file = folder / "routing.yaml"
    file.write_text(yaml.safe_dump({"rule_sets": list(editions)}), encoding="utf-8")
    return file


def edition(*rules: dict[str, Any], version: int = 1, since: str = "2026-01-01") -> dict[str, Any]:
    return {"version": version, "effective_from": since, "rules": list(rules)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"event": "ticket.lost.v1"}, "event 'ticket.lost.v1' is none of"),
        ({"types": ["MJ99"]}, "types: MJ99 is none of"),
        ({"clocks": ["settle"]}, "clocks: ticket.dispatched.v1 does not say that"),
        ({"event": "ticket.clock_breached.v1", "clocks": ["someday"]}, "clocks: someday is none of dispatch"),
        ({"sub_districts": ["310109999"]}, "sub_districts: 310109999 is none of"),
        ({"urgencies": ["soon"]}, "urgencies"),
        ({"named": {"ministry": ["duty"]}}, "named: ministry is not in departments.yaml"),
        ({"to": {}}, "to: nobody is told"),
        ({"to": {"lead": []}}, "to"),
        ({"to": {"unit": ["duty"]}}, "unit: ticket.dispatched.v1 does not say who that is"),
        ({"to": {"office": ["representative"]}}, "a representative hears of no single ticket"),
        ({"template": "no-such"}, "template 'no-such' is none of"),
        ({"template": "ticket-breached"}, "names {clock}, which ticket.dispatched.v1 does not say"),
        ({"read_within": None}, "read_within: a chain begins when it has passed"),
        ({"read_within": "-PT1H"}, "read_within"),
        ({"chain": [{"of": "lead", "within": "PT2H"}]}, "chain.0.post"),
        ({"chain": [{"of": "lead", "post": "duty", "within": "PT2H"}]}, "chain: goes round to lead duty"),
        ({"done_by": ["ticket.lost.v1"]}, "done_by: 'ticket.lost.v1' is no event"),
        ({"done_by": ["hot_issue.decided.v1"]}, "done_by: hot_issue.decided.v1 is about something else"),
        ({"chain": [], "done_by": ["ticket.signed.v1"]}, "done_by: there is no chain"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"recipients": ["li"]}, "recipients"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value),
)
def test_a_rule_that_cannot_work_is_refused(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidData) as refused:
        load_telling_rules(WORDS, written(tmp_path, edition({**GOOD, **change})))
    assert said in str(refused.value)


def test_a_good_rule_is_taken(tmp_path: Path) -> None:
    (found,) = load_telling_rules(WORDS, written(tmp_path, edition(GOOD))).editions
    assert found.rules[0].read_within == timedelta(hours=1)


def test_a_name_stands_once_in_an_edition(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="urgent-ticket stands twice"):
        load_telling_rules(WORDS, written(tmp_path, edition(GOOD, GOOD)))


@pytest.mark.parametrize(("version", "since"), [(1, "2026-07-01"), (2, "2026-01-01"), (2, "2025-07-01")])
def test_editions_that_do_not_follow_each_other_are_refused(version: int, since: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=f"version {version} must have a higher number and a later day"):
        load_telling_rules(WORDS, written(tmp_path, edition(GOOD), edition(GOOD, version=version, since=since)))


def test_the_edition_in_force_when_it_happened_counts(tmp_path: Path) -> None:
    rules = load_telling_rules(
        WORDS, written(tmp_path, edition(GOOD, since="2026-02-01"), edition(GOOD, version=2, since="2026-07-01"))
    )

    def version_at(*moment: int) -> int | None:
        found = rules.in_force(datetime(*moment, tzinfo=UTC))  # type: ignore[misc, arg-type]
        return found and found.version

    # A day begins at midnight in Shanghai, which is 16:00 of the day before in UTC.
    assert version_at(2026, 1, 31, 15, 59) is None
    assert version_at(2026, 1, 31, 16) == 1
    assert version_at(2026, 6, 30, 15, 59) == 1
    assert version_at(2026, 6, 30, 16) == 2


def test_the_shipped_rules_can_all_be_said() -> None:
    rules = [rule for one in load_telling_rules(WORDS).editions for rule in one.rules]
    for rule in rules:
        assert missing_of(TRIGGERS[rule.event], WORDS.parts_of(rule.template)) == []
    assert {rule.template for rule in rules} == set(WORDS.templates), "every template is used"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_unknown_is_said_to_be(language: str) -> None:
    parts = sorted({part for template in WORDS.templates for part in WORDS.parts_of(template)})
    nothing = {key: None for part in parts for key in (part, "sub_district", "estate")}
    for template in WORDS.templates:
        said = WORDS.sentence(template, nothing, language)
        assert "None" not in said
        assert "{" not in said
    assert set(parts) == set(PARTS)


def test_a_sentence_speaks_to_people() -> None:
    fact: Any = dispatched(1).event
    values = values_of(fact, WORDS.parts_of("ticket-given"))
    assert WORDS.sentence("ticket-given", values, "zh") == (
        "新工单 （无编号）：屋面渗漏水，曲阳路街道 · 曲阳一村（紧急），由区房管局主办，请签收。"
    )
    assert "Roof leak" in WORDS.sentence("ticket-given", values, "en")


def test_clocks_and_levels_are_those_of_their_services() -> None:
    assert set(CLOCKS) == set(deadline_rules().clocks)
    assert set(ISSUE_LEVELS) == set(IssueLevel)


def test_whoever_may_not_hear_of_a_ticket_gets_no_seat() -> None:
    rule = TellingRule.model_validate({**GOOD, "to": {"lead": ["duty"], "hub": ["leader"], "office": ["duty"]}})
    ticket: Any = dispatched(1).event
    all_three = [
        UnitPost("housing", Post.DUTY), UnitPost("urban-operation", Post.LEADER), UnitPost("quyanglu", Post.DUTY)
    ]  # fmt: skip
    assert seats_of(rule, ticket).notified == all_three
    restricted = seats_of(rule, ticket.model_copy(update={"restricted": True}))
    assert (restricted.notified, restricted.hidden) == (all_three[:2], all_three[2:])
    about = seats_of(rule, ticket.model_copy(update={"about_unit": "urban-operation"}))
    assert (about.notified, about.hidden) == ([all_three[0], all_three[2]], [all_three[1]])


@pytest.mark.parametrize(
    ("together", "same"),
    [(Together.RULE, [True, True]), (Together.MATTER, [True, False]), (Together.SUBJECT, [False, False])],
)
def test_what_goes_in_one_message(together: Together, same: list[bool]) -> None:
    rule = TellingRule.model_validate({**GOOD, "together": together})
    one: Any = dispatched(1).event
    others = [
        one.model_copy(update={"ticket_id": "other"}),
        one.model_copy(update={"type_code": "MJ02", "ticket_id": "x"}),
    ]
    assert [digest_key(rule, one) == digest_key(rule, other) for other in others] == same


def test_every_filter_narrows() -> None:
    rule = TellingRule.model_validate(
        {**GOOD, "types": ["MJ01"], "areas": ["MJ"], "sub_districts": ["310109010"], "states": ["dispatched"]}
    )
    ticket: Any = dispatched(1).event
    assert rule.misfits(ticket) == []
    assert rule.misfits(ticket.model_copy(update={"urgency": Urgency.NORMAL})) == ["urgencies"]
    assert rule.misfits(ticket.model_copy(update={"type_code": "XQ01"})) == ["types", "areas"]
    assert rule.misfits(ticket.model_copy(update={"place": None, "state": "redo"})) == ["states", "sub_districts"]


def test_every_rule_has_a_name_in_both_languages_and_no_name_is_left_over() -> None:
    rules = {rule.rule for edition in load_telling_rules(WORDS).editions for rule in edition.rules}
    assert set(WORDS.rules) == rules
    assert WORDS.rule("redo", "zh") == "责令重办"
    assert WORDS.rule("somebody-s-own", "en") == "somebody-s-own"
