"""Officers: the people at a unit who are notified by name, and their channels (docs/domain.md §10.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Post(StrEnum):
    """What an officer is notified as. `representative`: a deputy, or a residents' representative, of a sub-district."""

    DUTY = "duty"
    LEADER = "leader"
    REPRESENTATIVE = "representative"


class OfficerChannel(StrEnum):
    """The ways to an officer that leave the system. A unit's topic and webhooks are its own, not an officer's."""

    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Reached:
    """One way to an officer. `address` is personal data: it stays in notifier's database."""

    channel: OfficerChannel
    address: str


@dataclass(frozen=True, slots=True)
class Officer:
    """`unit` is a department's code, or a supervising party's; `ways` are tried in this order."""

    officer_id: UUID
    unit: str
    post: Post
    name: str
    language: str
    ways: Sequence[Reached]
