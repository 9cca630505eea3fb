"""The administrator's connection to the brokers, for commands that change users and rights."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.problems import fail

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient

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
def administrator(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """Ends the command, with the cause and the remedy, where the broker or a file does not do what it should."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import ClusterAuthorizationFailedError, KafkaError

    from services.chassis.messaging.access.broker import AccessRefused
    from services.chassis.messaging.access.passwords import PasswordFileRefused
    from services.chassis.messaging.topic_admin import TopicsRefused

    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","),
            bootstrap_timeout_ms=10_000,
            security_protocol="SASL_SSL",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_plain_username=os.environ["CLOSEDLOOP_KAFKA_USER"],
            sasl_plain_password=os.environ["CLOSEDLOOP_KAFKA_PASSWORD"],
            ssl_cafile=os.environ["CLOSEDLOOP_KAFKA_CA"],
        )
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
        fail(f"--kafka {bootstrap}: {error or type(error).__name__}")


def authority_file() -> Path | None:
    """The file of the authority that signs the brokers' certificates."""
    ca = os.environ.get("CLOSEDLOOP_KAFKA_CA")
    return Path(ca) if ca else None
