"""Replays a stream of messages through the joining of matters, and compares the alarms with known issues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from services.contracts.fingerprint import TermKey
from services.projects.domain.commonness import Commonness
from services.projects.domain.detection import Call
from services.projects.domain.joining import Joiner
from services.projects.domain.likeness import Likeness, trace_of
from services.projects.domain.memory_store import MemoryStore
from services.projects.files.rules import FILE, load_rules

TRUTH_DAYS = 30
TRUTH_CALLERS = 5


@dataclass(frozen=True, slots=True)
class Message:
    """`issue`: the known issue it belongs to; blank if unknown. `place_words`, `fingerprint`: as read from its text."""

    id: str
    user: str
    title: str
    at: datetime
    issue: str
    place_words: Sequence[str]
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """`hot`: at least TRUTH_CALLERS distinct callers within TRUTH_DAYS. `users`: distinct callers in all."""

    id: str
    users: int
    hot: bool


@dataclass(slots=True)
class Alarm:
    """`position`: of the message that raised it, in the order of time. `members`: the positions of all its messages."""

    matter: str
    position: int
    at: datetime
    places: Sequence[str]
    members: list[int] = field(default_factory=list)


class HotIssueReplay:
    """Takes messages in the order of their time."""

    def __init__(self, key: TermKey, rules: Path = FILE) -> None:
        """`key` is that of the messages' fingerprints. Raises InvalidData."""
        self._key = key
        book = load_rules(rules)
        self._joiner = Joiner(MemoryStore(timedelta(days=book.longest_days)), book, Likeness(key))
        self._commonness = Commonness()
        self._position = 0
        self.alarms: dict[str, Alarm] = {}

    def take(self, message: Message) -> None:
        terms = self._key.decode(message.fingerprint)
        self._commonness.learn(terms)
        call = Call(str(self._position), message.user, message.at)
        joined = self._joiner.take(trace_of(call, message.place_words, terms, self._key, self._commonness.rarity))
        if joined:
            if joined.begun:
                places = sorted(joined.matter.core.places)
                self.alarms[joined.matter.id] = Alarm(joined.matter.id, self._position, message.at, places)
            self.alarms[joined.matter.id].members += [int(trace.call.ticket_id) for trace in joined.traces]
        self._position += 1


def figures(messages: Sequence[Message], issues: Mapping[str, Known], alarms: Sequence[Alarm]) -> dict[str, Any]:
    """Precision and recall are over alarms that hold a message of a known issue; a blank one is unknown, not wrong."""
    named = Counter(message.issue for message in messages if message.issue)
    held: Counter[str] = Counter()
    right = wrong = single = 0
    raised: dict[str, Alarm] = {}
    for alarm in alarms:
        of = Counter(messages[at].issue for at in alarm.members if messages[at].issue)
        callers = {messages[at].user for at in alarm.members}
        issue, count = min(of.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
        single += len(callers) < 2 or (issue in issues and issues[issue].users < 2)
        if issue:
            right += count
            wrong += of.total() - count
            held[issue] += count
            raised.setdefault(issue, alarm)
    hot = [issue for issue in issues.values() if issue.hot]
    delays = [_delay(messages, issue.id, raised[issue.id]) for issue in hot if issue.id in raised]
    return {
        "hot_found": len(delays),
        "hot_total": len(hot),
        "member_precision": _share(right, right + wrong),
        "member_recall": _share(sum(held.values()), sum(named[issue] for issue in held)),
        "alarms": len(alarms),
        "single_caller_alarms": single,
        "median_delay_messages": median(delay[0] for delay in delays) if delays else None,
        "max_delay_messages": max((delay[0] for delay in delays), default=None),
        "median_delay_hours": round(median(delay[1] for delay in delays), 2) if delays else None,
        "max_delay_hours": round(max(delay[1] for delay in delays), 2) if delays else None,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _delay(messages: Sequence[Message], issue: str, alarm: Alarm) -> tuple[int, float]:
    """Messages of the stream, and hours, from the one by which the known members alone fulfil the rule; never below 0:
    members that nobody has named may fulfil it earlier."""
    members = [at for at, message in enumerate(messages) if message.issue == issue]
    for at in members:
        begin = messages[at].at - timedelta(days=TRUTH_DAYS)
        callers = {messages[one].user for one in members if one <= at and messages[one].at > begin}
        if len(callers) >= TRUTH_CALLERS:
            hours = (alarm.at - messages[at].at) / timedelta(hours=1)
            return max(0, alarm.position - at), max(0.0, hours)
    return 0, 0.0
