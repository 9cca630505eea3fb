"""The one-time links in messages to callers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, exists, insert, select, update
from sqlalchemy.dialects import postgresql

from services.chassis.database.work import Work
from services.intake.app.sending_ports import Telling
from services.intake.domain.follow_up import Stage
from services.intake.domain.links import Link, LinkOutcome, LinkPurpose, token_hash, token_of
from services.intake.domain.sending import SendingRules
from services.intake.domain.steps import TicketState
from services.intake.store.follow_up_tables import follow_ups
from services.intake.store.tables import tickets
from services.intake.store.telling_tables import link_answers, links
from services.intake.store.vault_tables import vault, vault_keys

NOT_ERASED = exists().where(vault.c.ticket_id == tickets.c.id, vault_keys.c.id == vault.c.key_id)
"""Of a ticket whose caller has a key; what a caller may look up ends with their erasure."""
_KEEP = postgresql.insert(links).on_conflict_do_nothing()
_ASKED_AGAIN = select(follow_ups.c.id, follow_ups.c.round).where(
    follow_ups.c.hot_issue_id == bindparam("hot_issue_id"),
    follow_ups.c.caller_ref == bindparam("person"),
    follow_ups.c.stage == Stage.ASKED,
)
_REDOS = select(tickets.c.redos).where(
    tickets.c.id == bindparam("ticket_id"), tickets.c.state == TicketState.SETTLED, tickets.c.city_number.is_(None)
)


@dataclass(frozen=True, slots=True)
class SqlLinks:
    """Implements Links. `key` makes the tokens; `public_url` is where callers reach us."""

    key: bytes
    public_url: str
    rules: SendingRules

    def address(self, telling: Telling) -> str:
        return f"{self.public_url.rstrip('/')}/r/{token_of(self.key, telling.id)}"

    def keep(self, work: Work, telling: Telling) -> None:
        purpose, subject = _asked(work, telling)
        row = {
            "token_hash": token_hash(token_of(self.key, telling.id)),
            "purpose": purpose,
            "ticket_id": telling.ticket_id,
            "subject": subject,
            "expires_at": work.clock.now() + self.rules.link_lasts,
        }
        work.connection.execute(_KEEP, row)


def _asked(work: Work, telling: Telling) -> tuple[LinkPurpose, str]:
    """What the person may answer now, and about which round."""
    if telling.hot_issue_id:
        parameters = {"hot_issue_id": telling.hot_issue_id, "person": telling.person}
        found = work.connection.execute(_ASKED_AGAIN, parameters).one_or_none()
        return (LinkPurpose.FOLLOW_UP, f"{found.id}:{found.round}") if found else (LinkPurpose.NOTICE, "")
    redos = work.connection.execute(_REDOS, {"ticket_id": telling.ticket_id}).scalar_one_or_none()
    return (LinkPurpose.NOTICE, "") if redos is None else (LinkPurpose.VISIT, str(redos))


class SqlLinkBook:
    """Implements LinkBook. A link works until it expires or its caller is erased."""

    def find(self, work: Work, token: str) -> Link | None:
        return _link(work, _working(work, token))

    def lock(self, work: Work, token: str) -> Link | None:
        return _link(work, _working(work, token).with_for_update(of=links))

    def use(self, work: Work, link: Link, said: str, outcome: LinkOutcome) -> None:
        now = work.clock.now()
        work.connection.execute(update(links).where(links.c.token_hash == link.token_hash).values(used_at=now))
        row = {"token_hash": link.token_hash, "at": now, "said": said, "outcome": outcome}
        work.connection.execute(insert(link_answers).values(row))


def _working(work: Work, token: str) -> Select[Any]:
    """One statement, whatever comes of it: how long it takes tells nothing."""
    return (
        select(links.c.token_hash, links.c.purpose, links.c.ticket_id, links.c.subject, links.c.used_at)
        .join(tickets, tickets.c.id == links.c.ticket_id)
        .where(links.c.token_hash == token_hash(token), links.c.expires_at > work.clock.now(), NOT_ERASED)
    )


def _link(work: Work, query: Select[Any]) -> Link | None:
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return None
    return Link(row.token_hash, LinkPurpose(row.purpose), str(row.ticket_id), row.subject, row.used_at)
