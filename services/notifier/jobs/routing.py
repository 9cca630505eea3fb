"""What `closedloop routing` shows of a routing file, and who would be notified of an event by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.chassis.messaging.errors import Reject
from services.contracts.faults import model_fault
from services.notifier.app.explain import Explain, RouteVerdict, RuleVerdict
from services.notifier.app.explained import UnknownEvent, fact_of
from services.notifier.app.posts_of_fact import UnitPost
from services.notifier.app.recipients import Recipients
from services.notifier.domain.telling_rules import RuleSet, TellingRule
from services.notifier.files.officer_words import load_officer_words
from services.notifier.files.routing import FILE, load_routing
from services.notifier.files.telling_rules import load_telling_rules

There = Callable[[str, str], str]
"""Who sits at a post of a unit, in words that follow the post."""


class NotExplained(Exception):
    """The message says what is wrong and what to do about it."""


class RoutingFile:
    """Raises InvalidData for the first fault of a file: whatever can be opened passes the check."""

    def __init__(self, file: Path | None) -> None:
        self._rules = load_telling_rules(load_officer_words(), file or FILE)
        self._explain = Explain(Recipients(load_routing(file or FILE)), self._rules)

    def editions(self) -> Iterator[str]:
        for edition in self._rules.editions:
            yield f"version {edition.version}, from {edition.effective_from}: {len(edition.rules)} rules"
            yield from (f"  {_rule(rule)}" for rule in edition.rules)

    def newest(self) -> RuleSet:
        return self._rules.editions[-1]

    def explain(self, event_file: Path, there: There = lambda unit, post: "") -> Iterator[str]:
        """For a file with `type`, `time` and `event` (the body). `there`: who sits at a post. Raises NotExplained."""
        asked = _read(event_file)
        try:
            at = datetime.fromisoformat(str(asked["time"]))
            fact = fact_of(str(asked["type"]), asked["event"])
            found = self._explain(fact, at)
        except KeyError as missing:
            raise NotExplained(f"{event_file}: lacks {missing}; give type, time and event") from None
        except (UnknownEvent, Reject) as fault:
            raise NotExplained(f"{event_file}: type: {fault}") from None
        except ValidationError as fault:
            raise NotExplained(f"{event_file}: event: {model_fault(fault)}") from None
        except (ValueError, TypeError):
            raise NotExplained(f"{event_file}: time: write it with its zone, as 2026-07-01T08:30:00+08:00") from None
        yield f"units that hear of it: {', '.join(found.heard) or 'none'}"
        yield from (f"  {_route(one)}" for one in found.routes)
        yield "officers: " + ("no rules yet at that time" if found.version is None else f"rule set {found.version}")
        for verdict in found.rules:
            yield from (f"  {line}" for line in _verdict(verdict, there))
        if not found.rules:
            yield "  no rule names this event"


def check(file: Path | None) -> str:
    """Raises InvalidData, which names the row and the remedy."""
    newest = RoutingFile(file).newest()
    return f"good: version {newest.version} of {newest.effective_from}, {len(newest.rules)} rules for officers"


def _read(file: Path) -> dict[str, Any]:
    try:
        asked = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotExplained(f"{file}: {error}; give JSON with type, time and event") from None
    if not isinstance(asked, dict):
        raise NotExplained(f"{file}: give a JSON object with type, time and event")
    return asked


def _rule(rule: TellingRule) -> str:
    filters = ", ".join(f"{name}={_said(getattr(rule, name))}" for name in rule.filters)
    to = ", ".join(f"{who} {'+'.join(posts)}" for who, posts in [*rule.to.items(), *rule.named.items()])
    chain = "".join(f" → after {step.of} {step.post} within {_span(step.within)}" for step in rule.chain)
    read = f"; read within {_span(rule.read_within)}{chain}" if rule.read_within else ""
    return f"{rule.rule}: {rule.event}{f' ({filters})' if filters else ''} → {to}: {rule.template}{read}"


def _route(verdict: RouteVerdict) -> str:
    if verdict.misfits:
        return f"not by the route to {_said(verdict.route.to)}: {', '.join(verdict.misfits)} does not fit"
    return f"by the route to {_said(verdict.route.to)}: {', '.join(verdict.units) or 'nobody'}"


def _verdict(verdict: RuleVerdict, there: There) -> Iterator[str]:
    rule = verdict.rule
    if verdict.misfits:
        yield f"not by {rule.rule}: {', '.join(verdict.misfits)} does not fit"
        return
    because = f" ({', '.join(rule.filters)} fits)" if rule.filters else ""
    yield f"by {rule.rule}{because}: {_posts(verdict.seats.notified, there)}, {rule.pressure}, {rule.template}"
    if verdict.seats.hidden:
        yield f"  not {_posts(verdict.seats.hidden)}: the unit may not hear of it"
    for turn in verdict.chain:
        yield f"  then {_posts(turn.seats.notified, there)}, if nobody read it"


def _posts(seats: Sequence[UnitPost], there: There = lambda unit, post: "") -> str:
    return ", ".join(f"{seat.unit} {seat.post}{there(seat.unit, seat.post)}" for seat in seats) or "nobody"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    for unit, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= unit and minutes % unit == 0:
            return f"{minutes // unit} {name}{'s' if minutes > unit else ''}"
    return "less than a minute"


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) or "nobody" if isinstance(value, tuple) else str(value)
