"""The administrator's connection to the brokers, for commands that change topics, users and rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.problems import fail

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

    from services.chassis.settings import KafkaSettings
    from services.contracts.principals import Principals


def addresses(bootstrap: str) -> str:
    if not re.fullmatch(r"[^\s,:]+:\d+(,[^\s,:]+:\d+)*", bootstrap):
        raise typer.BadParameter(f"{bootstrap!r} is not HOST:PORT; give the brokers' addresses, separated by commas")
    return bootstrap


Kafka = Annotated[
    str,
    typer.Option(
        "--kafka",
        envvar="CLOSEDLOOP_KAFKA_BOOTSTRAP",
        metavar="HOST:PORT",
        help="The brokers' addresses, separated by commas. CLOSEDLOOP_KAFKA_USER and _PASSWORD are an administrator's.",
        callback=addresses,
    ),
]
Jurisdiction = Annotated[
    str,
    typer.Option(envvar="CLOSEDLOOP_JURISDICTION", metavar="DIGITS", help="The services' CLOSEDLOOP_JURISDICTION."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DISTRICT = "310109"


def principals_of(jurisdiction: str) -> Principals:
    """Ends the command where a table is wrong."""
    from services.contracts.data_files import InvalidData
    from services.contracts.principals import load_principals
    from services.contracts.topics import topic_table

    try:
        return load_principals(jurisdiction, topic_table())
    except InvalidData as error:
        fail(str(error))


@contextmanager
def administrator(brokers: KafkaSettings) -> Iterator[KafkaAdminClient]:
    """Ends the command, with the cause and the remedy, where the broker or a file does not do what it should."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import ClusterAuthorizationFailedError, KafkaError

    from services.chassis.messaging.access.broker import AccessRefused
    from services.chassis.messaging.access.passwords import PasswordFileRefused
    from services.chassis.messaging.topic_admin import TopicsRefused
    from services.chassis.messaging.transport import kafka_options, reaching

    try:
        admin = reaching(brokers, lambda: KafkaAdminClient(client_id="closedloop-kafka", **kafka_options(brokers)))
        try:
            yield admin
        finally:
            admin.close()
    except (AccessRefused, PasswordFileRefused, TopicsRefused) as refused:
        fail(str(refused))
    except ClusterAuthorizationFailedError:
        fail(
            "CLOSEDLOOP_KAFKA_USER may not change users and rights; give one of the broker's super.users, such as admin"
        )
    except KafkaError as error:
        fail(f"--kafka {brokers.kafka_bootstrap}: {str(error) or type(error).__name__}")
