"""How a service takes the replies of departments: reads its own, and answers each on its own topic (ADR 54)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import structlog
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis import metrics
from services.chassis.database.work import Work
from services.chassis.messaging.errors import Kind, Reject, cause_of, kind_of
from services.chassis.messaging.reply_form import REPLIES, NoReply, claimed_by, read_reply
from services.chassis.messaging.subscription import NotOurs
from services.chassis.web.problems import Problem, internal
from services.contracts.department_acts import department_acts
from services.contracts.event import Envelope, MalformedEvent, deterministic_id
from services.contracts.persons import is_identifier
from services.contracts.reply_answer_events import ReplyAnswered, ReplyOutcome
from services.contracts.reply_events import ActReplied, DepartmentReply, ReplyEvent

log = structlog.get_logger(__name__)

FAILED = "The service could not work with it: the operator has it, and sees why. Nothing has changed."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reply is refused: as over HTTP, with the same code and words."""

    code: str
    reason: str
    current_version: int | None = None
    current_state: str | None = None

    @classmethod
    def of(cls, problem: Problem) -> Self:
        members = problem.members
        return cls(problem.slug, problem.detail, members.get("current_version"), members.get("current_state"))

    @classmethod
    def by(cls, error: Exception) -> Self:
        """What a reply's act raised, as its refusal. Raises a Retry again; and Reject for a bug, at once: what others
        write must not stop the consumer until five attempts are over, and the other replies wait meanwhile.
        """
        if isinstance(error, Problem):
            return cls.of(error)
        match kind_of(error):
            case Kind.RETRY:
                raise error
            case Kind.REJECT:
                return cls.of(internal(error))
            case Kind.BUG:
                log.error("a reply met a bug", exc_info=error)
                raise Reject(f"bug: {cause_of(error)}") from error


Tell = Callable[[Work, str, Mapping[str, Any]], None]
"""Makes an answer known, by what is answered (a reply topic and an id) and its facts: those of a ReplyAnswered."""


def by_event(topic: str, event: type[ReplyAnswered]) -> Tell:
    """As an event of the service, of which notifier tells the department."""

    def tell(work: Work, answered: str, facts: Mapping[str, Any]) -> None:
        work.publish(topic, event(**facts), event_id=deterministic_id("replies", answered, event.type))

    return tell


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    """`ours` says of a type which service takes it, also of None, where a record does not even say its type. `tell`
    makes the answer known, in the same transaction.

    An answer's id is made from the department's topic and the reply's id: who uses another's ids harms nobody but
    itself.
    """

    tell: Tell
    ours: Callable[[str | None], bool]
    departments: Mapping[str, str]
    """By reply topic."""

    def read(self, record: ConsumerRecord) -> Envelope:
        """Raises NoReply, and NotOurs for what another service takes."""
        if not self.ours(claimed_by(record).type):
            raise NotOurs
        return read_reply(record)

    def department_of(self, envelope: Envelope) -> str:
        """Whose topic it came on. Raises Reject on one that is no department's."""
        try:
            return self.departments[envelope.topic or ""]
        except KeyError:
            raise Reject(
                f"topic {envelope.topic} is no department's; replies come on departments.<code>.replies"
            ) from None

    def taken(self, work: Work, envelope: Envelope, version: int | None, state: str | None, **more: Any) -> None:
        facts = {"current_version": version, "current_state": state} | more
        self._answer(work, envelope.topic, envelope.id, ReplyOutcome.TAKEN, _named(envelope) | facts)

    def refused(self, work: Work, envelope: Envelope, refusal: Refusal, **more: Any) -> None:
        facts = {
            "code": refusal.code,
            "reason": refusal.reason,
            "current_version": refusal.current_version,
            "current_state": refusal.current_state,
        }
        self._answer(work, envelope.topic, envelope.id, ReplyOutcome.REFUSED, _named(envelope) | facts | more)

    def rejected(self, record: ConsumerRecord, event_id: UUID, fault: MalformedEvent | None, work: Work) -> None:
        """Answers what became a dead letter: what is no reply, or what our handler failed on."""
        claimed = claimed_by(record)
        if not self.ours(claimed.type):
            return
        facts: dict[str, Any] = {"code": "failed", "reason": FAILED}
        if fault:
            code = fault.code if isinstance(fault, NoReply) else "unreadable"
            facts = {"code": code, "reason": str(fault)}
        named = {
            "reply_id": claimed.id,
            "offset": record.offset if record.offset >= 0 else None,
            "reply": claimed.type if claimed.type in REPLIES else None,
        }
        # Not the reply's own id: it may be replayed and answered again, or sent again with the same id and be good.
        letter = deterministic_id("replies", f"{record.topic}:{event_id}", "rejected")
        self._answer(work, record.topic, letter, ReplyOutcome.REFUSED, named | facts)

    def _answer(self, work: Work, topic: str | None, cause: UUID, outcome: ReplyOutcome, facts: dict[str, Any]) -> None:
        department = self.departments.get(topic or "")
        if department is None:
            return
        said = {"version": 1, "department": department, "record": cause, "outcome": outcome}
        self.tell(work, f"{topic}:{cause}", said | facts)
        work.after_commit(metrics.REPLIES.labels(outcome).inc)


def _named(envelope: Envelope) -> dict[str, Any]:
    reply = envelope.event
    assert isinstance(reply, DepartmentReply)
    named = {"reply_id": envelope.id, "reply": reply.type, "in_reply_to": reply.in_reply_to}
    match reply:
        case ActReplied():
            return named | {"act": reply.act, "about": _known(reply)}
        case ReplyEvent():
            return named | {"ticket_id": reply.ticket_id, "about": {"ticket_id": reply.ticket_id}}
    return named


def _known(reply: ActReplied) -> dict[str, str]:
    """What a reply is about, as far as an answer may repeat it: names of the act, and what can be an id."""
    act = department_acts().get(reply.act)
    names = act.about if act else ()
    return {name: reply.about[name] for name in names if is_identifier(reply.about.get(name, ""))}
