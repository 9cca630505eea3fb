"""The rebuild from end to end: fold, catch up with the live service, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, create_engine, make_url

from services.chassis.clock import SystemClock
from services.chassis.database.migrate import migrate
from services.chassis.database.work import Work
from services.chassis.messaging import timers
from services.contracts.event import Envelope
from services.contracts.fingerprint import TermKey
from services.projects.app.cases.case_clocks import MEASURE, STANDARD_DUE, end_of
from services.projects.app.cure import OBSERVE
from services.projects.app.effect.watch_relapse import RELAPSE, watched_until
from services.projects.app.plans.use_fund import FUND_ANSWER
from services.projects.app.raise_issue import DECIDE, LAPSE
from services.projects.app.repair import REVIEW, review_at
from services.projects.app.supervision.watch import start_timers
from services.projects.app.works.attach_complaints import works_moved
from services.projects.app.works.mend_defect import CURE
from services.projects.app.works.visit_residents import start_visit_clocks
from services.projects.domain.hot_issue import UNDECIDED, IssueState
from services.projects.domain.months import Month
from services.projects.domain.rules import RuleBook
from services.projects.files.rules import FILE, load_rules
from services.projects.files.standard_rules import standard_rules
from services.projects.files.works_rules import works_rules
from services.projects.jobs.rebuild import ticket_events
from services.projects.jobs.rebuild.own_events import OwnEvents
from services.projects.jobs.rebuild.topic_reader import Topics
from services.projects.store import rebuilt
from services.projects.store.checksums import Checksums, checksums
from services.projects.store.rebuilt_matters import restore_matters
from services.projects.store.supervision import SqlSupervisionBook
from services.projects.store.warranty_visits import all_rounds

TOPICS = ("tickets", "classifications", "hot-issues", "projects", "estates")
COMPARE_AGAIN_S = 1.0
FEW = 2000
ALL = 10**9

Phase = Literal["reading", "comparing"]
Progress = Callable[[Phase, int], None]
"""Called with the phase and the number of events folded."""


class NotEmpty(Exception):
    """The database holds tickets already: what is rebuilt must not mix with what was there."""


@dataclass(slots=True)
class RebuildOutcome:
    """`different`: aggregates that were never equal when both databases were compared; `aggregates`: how many were."""

    events: int = 0
    malformed: int = 0
    seconds: float = 0.0
    aggregates: int = 0
    different: set[tuple[str, str]] = field(default_factory=set)

    @property
    def events_per_s(self) -> float:
        return self.events / self.seconds if self.seconds else 0.0


def rebuild_and_prove(
    topics: Topics,
    into_url: str,
    live_url: str,
    rules: Path | None,
    key: TermKey,
    patience_s: float,
    progress: Progress,
) -> RebuildOutcome:
    """Folds the topics into an empty database, whose tables are made, and compares it with the live one.

    `key` is the live service's. Nothing is published, no deadline fires. Raises NotEmpty, InvalidData for the rules,
    ArgumentError for what is no URL, SQLAlchemyError when a database cannot be used.
    """
    book = load_rules(rules or FILE)
    target, source = (make_url(url).set(drivername="postgresql+psycopg") for url in (into_url, live_url))
    migrate("projects", target.render_as_string(hide_password=False))
    into, live = create_engine(target), create_engine(source)
    try:
        with topics:
            rebuilding = Rebuilding(topics, into, book, key)
            outcome = rebuilding.fold_all(lambda events: progress("reading", events))
            progress("comparing", outcome.events)
            rebuilding.prove(live, patience_s=patience_s)
            return outcome
    finally:
        into.dispose()
        live.dispose()


@dataclass(slots=True)
class Rebuilding:
    topics: Topics
    into: Engine
    book: RuleBook
    key: TermKey
    own: OwnEvents = field(default_factory=OwnEvents)
    outcome: RebuildOutcome = field(default_factory=RebuildOutcome)

    def fold_all(self, advance: Callable[[int], None]) -> RebuildOutcome:
        """Folds the topics to their end. Raises NotEmpty."""
        with self.into.connect() as connection:
            if not rebuilt.is_empty(connection):
                raise NotEmpty
        started = time.perf_counter()
        self._catch_up(advance)
        self.outcome.seconds = time.perf_counter() - started
        return self.outcome

    def prove(self, live: Engine, *, patience_s: float) -> None:
        """Compares with the live database, which goes on: an aggregate is proved when both are equal once.

        A difference may still be on its way through the topics: it is compared again until `patience_s` pass without
        progress.
        """
        outcome = self.outcome
        outcome.different = _differences(_sums(live), _sums(self.into))
        outcome.aggregates = len(_sums(live))
        until = time.monotonic() + patience_s
        while outcome.different and time.monotonic() < until:
            time.sleep(COMPARE_AGAIN_S)
            self._catch_up(lambda _events: None)
            left = outcome.different & _differences(_sums(live), _sums(self.into))
            if left != outcome.different:
                until = time.monotonic() + patience_s
            outcome.different = left

    def _catch_up(self, advance: Callable[[int], None]) -> None:
        waiting: list[Envelope] = []
        for batch in self.topics.to_the_end():
            waiting += batch
            self.outcome.events += len(batch)
            if len(waiting) >= FEW:
                self._fold(waiting)
                waiting = []
            advance(self.outcome.events)
        self._fold(waiting)
        self.outcome.malformed = self.topics.malformed
        with self.into.begin() as connection:
            self.own.write(connection)
            restore_matters(connection, self.own.choices, self.book, self.key)
            _mark_citywide(connection, self.book)
            _start_timers(connection, self.book)

    def _fold(self, envelopes: Sequence[Envelope]) -> None:
        self.own.fold(envelopes)
        with self.into.begin() as connection:
            ticket_events.fold(connection, envelopes)


def _mark_citywide(connection: Connection, book: RuleBook) -> None:
    found = rebuilt.spreads(connection)
    days = [day for day, spread in found if spread.is_citywide(book.at(day.begin).detection.citywide)]
    rebuilt.replace_citywide(connection, days)


def _start_timers(connection: Connection, book: RuleBook) -> None:
    """Those waiting in the live database, so that no deadline is lost if the rebuilt one takes its place."""
    rebuilt.forget_deadlines(connection)
    work = Work(connection, SystemClock(), "rebuild")
    for issue_id, state, decide_by, observe_until, overdue in rebuilt.waiting_issues(connection):
        if state in UNDECIDED and not overdue:
            timers.start(work, DECIDE, issue_id, decide_by)
        elif state == IssueState.SUSPECTED:
            timers.start(work, LAPSE, issue_id, decide_by)
        elif state == IssueState.OBSERVING and observe_until:
            timers.start(work, OBSERVE, issue_id, observe_until)
    for issue_id, accepted_at, judged_at in rebuilt.watched_issues(connection):
        this_month = Month.of(work.clock.now()).begin()
        if this_month <= watched_until(accepted_at, judged_at, book):
            timers.start(work, RELAPSE, issue_id, max(this_month, Month.of(judged_at).plus(1).begin()))
    for project_id, review_on in rebuilt.waiting_projects(connection):
        timers.start(work, REVIEW, project_id, review_at(review_on))
    for use_id, answer_by in rebuilt.waiting_fund_uses(connection):
        timers.start(work, FUND_ANSWER, use_id, answer_by)
    for opinion in SqlSupervisionBook().running(work, "", ALL):
        start_timers(work, opinion)
    _start_works_timers(work)
    _start_timers_of_types(work)


def _start_works_timers(work: Work) -> None:
    """The clocks of defects and of visits; and complaints are looked for once more in each project's estate."""
    for defect_id, cure_by in rebuilt.clocks_of_defects(work.connection):
        timers.start(work, CURE, defect_id, cure_by)
    start_visit_clocks(work, all_rounds(work.connection), works_rules().visit_late_days)
    for project_id, version in rebuilt.projects(work.connection):
        works_moved(work, project_id, version)


def _start_timers_of_types(work: Work) -> None:
    """The clocks of countermeasures, pilots and standards."""
    for case_id, measure_id, due in rebuilt.measures_to_do(work.connection):
        timers.start(work, MEASURE, f"{case_id} {measure_id}", end_of(due))
    for case_id, accepted_at in rebuilt.pilots_without_standard(work.connection):
        timers.start(work, STANDARD_DUE, case_id, accepted_at + timedelta(days=standard_rules().pilot_days))
    for kind, subject, day in rebuilt.days_of_standards(work.connection):
        timers.start(work, kind, subject, end_of(day))


def _differences(live: Checksums, rebuilt_sums: Checksums) -> set[tuple[str, str]]:
    return {key for key in live.keys() | rebuilt_sums.keys() if live.get(key) != rebuilt_sums.get(key)}


def _sums(engine: Engine) -> Checksums:
    with engine.begin() as connection:
        rebuilt.see_one_moment(connection)
        return checksums(connection)
