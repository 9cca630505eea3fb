"""Departments act by events on their own topics: each act is a route's, run inside the consumer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from services.chassis.database.work import Work, Workshop
from services.chassis.database.work_parts import PartWorkshop, part_of
from services.chassis.messaging.reply_desk import Refusal, ReplyDesk, by_event
from services.chassis.messaging.subscription import Subscription, one_by_one
from services.chassis.web.identity import Actor, Role
from services.chassis.web.problems import Problem
from services.chassis.web.route_commands import RouteCommand, route_commands
from services.contracts.department_acts import department_acts
from services.contracts.event import Envelope
from services.contracts.persons import named_by
from services.contracts.reply_answer_events import ActReplyAnswered
from services.contracts.reply_events import ActReplied
from services.contracts.topics import topic_table

CONSUMER = "projects-replies"


@dataclass(frozen=True, slots=True)
class TakeActs:
    """Handles acts. One that is refused changes nothing, and is answered as the route would answer.

    The department is the owner of the topic, whatever the event says; it acts with its own rights and no others.
    """

    commands: Mapping[str, RouteCommand]
    inside: PartWorkshop
    desk: ReplyDesk

    def __call__(self, envelope: Envelope, work: Work) -> None:
        reply = envelope.event
        assert isinstance(reply, ActReplied)
        department = self.desk.department_of(envelope)
        try:
            with part_of(work), self.inside.within(work):
                shown = self._run(reply, _speaker(department, reply.actor))
        except Exception as error:  # noqa: BLE001 - each kind has its end in `Refusal.by`
            self.desk.refused(work, envelope, Refusal.by(error))
        else:
            self.desk.taken(work, envelope, shown.get("version"), shown.get("state"))

    def _run(self, reply: ActReplied, actor: Actor) -> Mapping[str, Any]:
        act = department_acts().get(reply.act)
        if act is None:
            raise Problem(404, "unknown-act", "No such act", f"{reply.act} is no act: take one of docs/replies.md.")
        command = self.commands[act.path]
        body = dict(reply.body)
        if reply.base_version is not None and command.takes("version"):
            body.setdefault("version", reply.base_version)
        shown = command(reply.about, body, actor, {} if "version" in reply.body else {"version": "base_version"})
        return shown if isinstance(shown, dict) else {}


def _speaker(department: str, person: str) -> Actor:
    subject = named_by(department, person)
    return Actor(subject, subject, frozenset({Role.DEPARTMENT}), frozenset({department}))


def acts_by_reply(interface: Callable[[Workshop], Sequence[APIRouter]]) -> Subscription:
    """`interface` makes the routes of a workshop. Each act in a transaction of its own: which rows it locks, and in
    which order, is its use case's matter."""
    inside, topics = PartWorkshop(), topic_table().reply_topics()
    desk = ReplyDesk(by_event("projects", ActReplyAnswered), lambda kind: kind == ActReplied.type, topics)
    take = TakeActs(route_commands(interface(inside)), inside, desk)
    return Subscription(
        CONSUMER,
        tuple(topics),
        frozenset({ActReplied}),
        one_by_one({ActReplied: take}),
        desk.read,
        desk.rejected,
        singly=True,
    )
