"""What a user that is let in may do, asked with its own connection. Reads no record, writes none, joins no group."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from kafka.admin import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    TopicAuthorizationFailedError,
    TransactionalIdNotFoundError,
    UnknownTopicOrPartitionError,
    for_code,
)

from services.chassis.messaging.access.dialogue import Step
from services.contracts.principals import Operation, Resource, Right

COORDINATOR_LIMIT_S: Final = 5.0
AGAIN_S: Final = 0.1
Answer = TypeVar("Answer")


def try_rights(admin: KafkaAdminClient, rights: Iterable[Right]) -> Iterator[Step]:
    """One step for each right, in the order of their resources. `admin` is connected as the user itself."""
    wanted = sorted(rights)
    yield from _topics(admin, [right for right in wanted if right.resource is Resource.TOPIC])
    for right in wanted:
        if right.resource is Resource.GROUP:
            name = f"{right.name}check" if right.prefixed else right.name
            yield _asked(right, lambda name=name: admin.describe_groups([name]))  # type: ignore[misc]
        elif right.resource is Resource.TRANSACTIONAL_ID:
            yield _asked(right, lambda name=right.name: admin.describe_transactions([name]))  # type: ignore[misc]


def _topics(admin: KafkaAdminClient, rights: list[Right]) -> Iterator[Step]:
    names = sorted({right.name for right in rights})
    described = {found["name"]: found for found in admin.describe_topics(names)} if names else {}
    for right in rights:
        found: dict[str, Any] = described.get(right.name, {"error_code": UnknownTopicOrPartitionError.errno})
        allowed = found.get("authorized_operations") or ()
        error = for_code(found["error_code"])
        if error is UnknownTopicOrPartitionError:
            yield Step("right", False, f"{right}: the topic is not there; `closedloop topics apply` creates it")
        elif error is TopicAuthorizationFailedError or _constant(right.operation) not in allowed:
            yield _lacks(right)
        elif found["error_code"]:
            yield Step("right", False, f"{right}: {error.__name__}; try again")
        else:
            yield Step("right", True, str(right))


def _asked(right: Right, question: Callable[[], object]) -> Step:
    try:
        _patiently(question)
    except AuthorizationError:
        return _lacks(right)
    except TransactionalIdNotFoundError:
        pass  # it may, and has not yet
    return Step("right", True, str(right))


def _patiently(question: Callable[[], Answer]) -> Answer:
    """A new broker makes its topics of groups and transactions when the first client asks for them."""
    until = time.monotonic() + COORDINATOR_LIMIT_S
    while True:
        try:
            return question()
        except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError):
            if time.monotonic() > until:
                raise
            time.sleep(AGAIN_S)


def _lacks(right: Right) -> Step:
    return Step(
        "right",
        False,
        f"may not {right}: a consumer would wait in silence, a producer be refused; `closedloop kafka apply` or "
        "`closedloop department add` allows what the tables give",
    )


def _constant(operation: Operation) -> str:
    return operation.value.upper()
