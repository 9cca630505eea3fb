"""A client's connection to the broker with the file that it was given, step by step."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from services.chassis.messaging.access.dialogue import Step, knock
from services.chassis.messaging.access.try_rights import try_rights
from services.cli.problems import fail
from services.cli.subscriber_files import BadCredentials, read_credentials
from services.contracts.principals import Right


def walk(credentials: Path, kafka: str | None, user: str, rights: frozenset[Right]) -> list[Step]:
    """Address, certificate and password at each broker, then each right. Ends the command if the file is no login."""
    try:
        login = read_credentials(credentials)
    except BadCredentials as error:
        fail(f"--credentials {credentials}: {error}")
    if login.user != user:
        fail(f"--credentials {credentials}: holds the user {login.user}, and --as asks for {user}; give the right one")
    servers = (kafka or login.bootstrap).split(",")
    steps: list[Step] = []
    for address in servers:
        steps += knock(address, login.ca, login.user, login.password)
    if not all(step.ok for step in steps):
        return steps
    try:
        options = login.options() | {"bootstrap_servers": servers, "bootstrap_timeout_ms": 5000}
        with closing(KafkaAdminClient(**options)) as client:
            return [*steps, *try_rights(client, rights)]
    except KafkaError as error:
        says = f"the broker lets {user} in and names addresses that cannot be reached: is advertised.listeners right?"
        return [*steps, Step("address", False, f"{says} ({error or type(error).__name__})")]
