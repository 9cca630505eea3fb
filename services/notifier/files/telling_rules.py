"""Reading the rule sets of `data/routing.yaml`: an error names the rule and the remedy."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from services.contracts.data_files import InvalidData, read_section, row_of
from services.contracts.ticket_events import TicketEvent
from services.notifier.domain.notice_values import missing_of, subject_kind
from services.notifier.domain.officer import Post
from services.notifier.domain.routing import Addressee
from services.notifier.domain.telling_rules import TRIGGERS, RuleSet, TellingRule, TellingRules
from services.notifier.files.officer_words import OfficerWords
from services.notifier.files.routing import FILE, check_trigger, known_units

_FIELD_OF_ADDRESSEE = {
    Addressee.OFFICE: "place",
    Addressee.CO_HANDLERS: "co_handlers",
    Addressee.RETURNED_BY: "returned_by",
    Addressee.UNIT: "unit",
    Addressee.OWNER: "owner",
}
"""What an event must say for somebody to be found; the others are found for every event."""


def load_telling_rules(words: OfficerWords, file: Path = FILE) -> TellingRules:
    """Raises InvalidData for the first fault; nothing of such a file is used."""
    rows = enumerate(read_section(file, "rule_sets") or (), start=1)
    editions = [row_of(file, f"rule_sets row {number}", RuleSet, values) for number, values in rows]
    for edition in editions:
        twice = [rule for rule, times in Counter(one.rule for one in edition.rules).items() if times > 1]
        if twice:
            raise InvalidData(file, f"version {edition.version}", f"the rule {twice[0]} stands twice; rename one")
        for rule in edition.rules:
            _check(file, f"version {edition.version}, rule {rule.rule}", rule, words)
    try:
        return TellingRules(editions)
    except ValueError as error:
        raise InvalidData(file, "rule_sets", f"{error}; correct it") from None


def _check(file: Path, row: str, rule: TellingRule, words: OfficerWords) -> None:
    event = check_trigger(file, row, rule, TRIGGERS)
    known_units(file, row, "named", rule.named)
    if not rule.to and not rule.named:
        raise InvalidData(file, row, "to: nobody is told; name somebody, or remove the rule")
    for addressee in (*rule.to, *(step.of for step in rule.chain)):
        needs = _FIELD_OF_ADDRESSEE.get(addressee)
        if needs and needs not in event.model_fields:
            raise InvalidData(file, row, f"{addressee}: {rule.event} does not say who that is; name another")
    at_first = [(addressee, post) for addressee, posts in rule.to.items() for post in posts]
    in_turn = [(step.of, step.post) for step in rule.chain]
    if issubclass(event, TicketEvent) and any(post is Post.REPRESENTATIVE for _, post in (*at_first, *in_turn)):
        raise InvalidData(file, row, "a representative hears of no single ticket; name another post")
    if again := [step for step, times in Counter([*at_first, *in_turn]).items() if times > 1]:
        raise InvalidData(file, row, f"chain: goes round to {again[0][0]} {again[0][1]}; name each post once")
    if unknown := sorted(set(rule.done_by) - TRIGGERS.keys()):
        raise InvalidData(file, row, f"done_by: {unknown[0]!r} is no event that officers may be told of; correct it")
    if others := sorted(one for one in rule.done_by if subject_kind(one) != subject_kind(rule.event)):
        raise InvalidData(file, row, f"done_by: {others[0]} is about something else than {rule.event}; remove it")
    if rule.done_by and not rule.chain:
        raise InvalidData(file, row, "done_by: there is no chain that it could end; remove it")
    if rule.chain and rule.read_within is None:
        raise InvalidData(file, row, "read_within: a chain begins when it has passed; add it, or remove the chain")
    if rule.template not in words.templates:
        known = ", ".join(words.templates)
        raise InvalidData(file, row, f"template {rule.template!r} is none of {known}; add it to officer_words.yaml")
    if missing := missing_of(event, words.parts_of(rule.template)):
        raise InvalidData(
            file, row, f"template {rule.template} names {{{missing[0]}}}, which {rule.event} does not say; use another"
        )
