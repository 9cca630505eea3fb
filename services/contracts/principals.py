"""Who connects to Kafka, `deploy/kafka/principals.yaml`, and what the table of topics lets each do (ADR 52)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import PositiveInt, StringConstraints

from services.contracts.data_files import DataRow, InvalidData, by_key, read_rows
from services.contracts.topics import PLACEHOLDERS, Topic, TopicTable

FILE = Path(__file__).parents[2] / "deploy" / "kafka" / "principals.yaml"
JURISDICTION: Final = "{jurisdiction}"
ANY_MORE: Final = "*"


class Operation(StrEnum):
    """Each includes the right to see that the resource exists (the broker's DESCRIBE)."""

    READ = "read"
    WRITE = "write"


class Resource(StrEnum):
    TOPIC = "topic"
    GROUP = "group"
    TRANSACTIONAL_ID = "transactional id"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One user may do one thing with one resource, or with all whose names begin so if it is `prefixed`."""

    user: str
    operation: Operation
    resource: Resource
    name: str
    prefixed: bool = False

    def covers(self, resource: Resource, name: str) -> bool:
        if resource != self.resource:
            return False
        return name.startswith(self.name) if self.prefixed else name == self.name

    def __str__(self) -> str:
        name = f"{self.name}{ANY_MORE}" if self.prefixed else self.name
        return f"{self.operation} {self.resource} {name}"


class Principal(DataRow):
    """One that connects, or in the file a pattern of them. Topics name it by `role`, the broker by `user`."""

    role: str
    user: Annotated[str, StringConstraints(pattern=r"^[a-z0-9{}-]+$")]
    made_by: Literal["apply", "department add", "format"]
    groups: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9{}.-]+\*?$")], ...] = ()
    transactional_ids: tuple[str, ...] = ()
    reads_its_own: bool = False
    consumer_bytes_per_s: PositiveInt | None = None
    producer_bytes_per_s: PositiveInt | None = None

    def quotas(self) -> dict[str, float]:
        """In the broker's own names, bytes a second."""
        limits = {"consumer_byte_rate": self.consumer_bytes_per_s, "producer_byte_rate": self.producer_bytes_per_s}
        return {key: float(limit) for key, limit in limits.items() if limit is not None}


class UnknownPrincipal(LookupError):
    """A user or a role that principals.yaml does not hold."""


@dataclass(frozen=True, slots=True)
class Principals:
    """`users` by the name they log in with, and `rights`, everything that each may do, by it."""

    patterns: tuple[Principal, ...]
    users: Mapping[str, Principal]
    rights: Mapping[str, frozenset[Right]]

    def user(self, name: str) -> Principal:
        try:
            return self.users[name]
        except KeyError:
            raise UnknownPrincipal(f"user {name!r} is not in {FILE.name}; it has {', '.join(self.users)}") from None

    def by_role(self, role: str) -> Principal:
        """Raises UnknownPrincipal."""
        for principal in self.users.values():
            if principal.role == role:
                return principal
        raise UnknownPrincipal(f"role {role!r} is not in {FILE.name}; give one such as intake or department:housing")

    def owns(self, user: str) -> bool:
        """Whether the name is one of ours, also of a department that no table names any more."""
        return any(re.fullmatch(_any_of(pattern.user), user) for pattern in self.patterns)


def load_principals(jurisdiction: str, table: TopicTable, file: Path = FILE) -> Principals:
    """Raises InvalidData, also for a writer or reader in the table of topics that nobody connects as."""
    patterns = tuple(read_rows(file, "principals", Principal, "role").values())
    expanded = [concrete for pattern in patterns for concrete in _expand(pattern, jurisdiction)]
    users = by_key(file, "principals", expanded, "user")
    roles = {principal.role for principal in users.values()}
    for topic in table.topics.values():
        for role in (topic.writer, *topic.readers):
            if role not in roles:
                raise InvalidData(file, f"role {role!r}", f"is missing, and topic {topic.name} names it; add a row")
    _groups_are_apart(file, users.values())
    topics = list(table.topics.values())
    rights = {one.user: frozenset(_rights(one, topics)) for one in users.values()}
    return Principals(patterns, users, MappingProxyType(rights))


def _rights(principal: Principal, topics: Iterable[Topic]) -> Iterator[Right]:
    for topic in topics:
        writes = principal.role == topic.writer
        if writes:
            yield Right(principal.user, Operation.WRITE, Resource.TOPIC, topic.name)
        if principal.role in topic.readers or (writes and principal.reads_its_own):
            yield Right(principal.user, Operation.READ, Resource.TOPIC, topic.name)
    for group in principal.groups:
        name = group.removesuffix(ANY_MORE)
        yield Right(principal.user, Operation.READ, Resource.GROUP, name, prefixed=name != group)
    for transactional_id in principal.transactional_ids:
        yield Right(principal.user, Operation.WRITE, Resource.TRANSACTIONAL_ID, transactional_id)


def _groups_are_apart(file: Path, principals: Iterable[Principal]) -> None:
    """Who commits in another's group moves its reader past what it has not read."""
    groups = [(one.user, group) for one in principals for group in one.groups]
    for user, group in groups:
        for other, name in groups:
            overlap = name == group or (group.endswith(ANY_MORE) and name.startswith(group.removesuffix(ANY_MORE)))
            if user != other and overlap:
                raise InvalidData(
                    file, f"user {user!r}", f"its groups {group} include {name} of {other}; choose another prefix"
                )


def _expand(pattern: Principal, jurisdiction: str) -> Iterator[Principal]:
    ids = tuple(one.replace(JURISDICTION, jurisdiction) for one in pattern.transactional_ids)
    pattern = pattern.model_copy(update={"transactional_ids": ids})
    for placeholder, values in PLACEHOLDERS:
        if placeholder in pattern.user:
            for value in values:
                yield pattern.model_copy(
                    update={
                        "role": pattern.role.replace(placeholder, value),
                        "user": pattern.user.replace(placeholder, value),
                        "groups": tuple(group.replace(placeholder, value) for group in pattern.groups),
                    }
                )
            return
    yield pattern


def _any_of(user: str) -> str:
    """A pattern of names with anything where the file has a placeholder."""
    return re.sub(r"\\\{[a-z]+\\\}", "[a-z0-9-]+", re.escape(user))
