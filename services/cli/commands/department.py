"""`closedloop department`: a department subscribes to its topics, gets new credentials, or ends its subscription."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.brokers import closed_brokers_at
from services.cli.kafka_admin import (
    DISTRICT,
    Json,
    Jurisdiction,
    Kafka,
    addresses,
    administrator,
    principals_of,
)
from services.cli.problems import fail

if TYPE_CHECKING:
    from services.chassis.settings import KafkaSettings

app = typer.Typer(help="Departments that read their topics and answer on them.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="As in departments.yaml, such as housing.")]
Folder = Annotated[
    Path, typer.Option("--to", metavar="FOLDER", help="Where its files go, mode 600: properties, authority, example.")
]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="HOST:PORT", help="Where the department reaches the brokers, if elsewhere."),
]


@app.command()
def add(
    code: Code,
    kafka: Kafka,
    to: Folder,
    address: Address = None,
    jurisdiction: Jurisdiction = DISTRICT,
    as_json: Json = False,
) -> None:
    """Make its topics, user, rights and quota, and the files by which it connects.

    Run again it corrects what is missing and leaves the password; `department credentials` makes a new one.

    Example: closedloop department add housing --kafka kafka:9092 --to /root/housing
    """
    from services.chassis.messaging.access.apply import permit, subscribe
    from services.chassis.messaging.access.broker import read_access
    from services.chassis.messaging.topic_admin import apply_topics
    from services.contracts.topics import topic_table

    role = _role(code)
    principals = principals_of(jurisdiction)
    principal, brokers = principals.by_role(role), closed_brokers_at(kafka)
    topics = [one for one in topic_table().topics.values() if role in (one.writer, *one.readers)]
    with administrator(brokers) as admin:
        created = apply_topics(admin, topics).created
        known = principal.user in read_access(admin).users
        if known:
            permit(admin, principals, principal)
        else:
            subscribe(admin, principals, principal, *_files(to, code, principal.user, brokers, address))
    facts = {"department": code, "user": principal.user, "new": not known, "topics": created}
    if known:
        _say(
            as_json,
            facts,
            f"{code}: {principal.user} subscribes already and keeps its password; its rights and quota are as in the "
            f"tables. For new files: `closedloop department credentials {code}`",
        )
    else:
        _say(as_json, facts | {"folder": str(to)}, f"{code}: {principal.user} may connect; its files are in {to}")


@app.command()
def credentials(
    code: Code,
    kafka: Kafka,
    to: Folder,
    address: Address = None,
    jurisdiction: Jurisdiction = DISTRICT,
    as_json: Json = False,
) -> None:
    """Give a department that subscribes a new password, and write its files again.

    Connections that stand go on; the next ones need the new files.

    Example: closedloop department credentials housing --kafka kafka:9092 --to /root/housing
    """
    from services.chassis.messaging.access.apply import subscribe
    from services.chassis.messaging.access.broker import read_access

    principals = principals_of(jurisdiction)
    principal, brokers = principals.by_role(_role(code)), closed_brokers_at(kafka)
    with administrator(brokers) as admin:
        if principal.user not in read_access(admin).users:
            fail(f"{code} does not subscribe; `closedloop department add {code}` makes its user")
        subscribe(admin, principals, principal, *_files(to, code, principal.user, brokers, address))
    _say(
        as_json,
        {"department": code, "user": principal.user, "folder": str(to)},
        f"{code}: the new files are in {to}; the old password does not open a connection any more",
    )


@app.command()
def remove(code: Code, kafka: Kafka, jurisdiction: Jurisdiction = DISTRICT, as_json: Json = False) -> None:
    """End a subscription: rights, password and quota go, at once. Its topics and what is in them stay.

    Example: closedloop department remove housing --kafka kafka:9092
    """
    from services.chassis.messaging.access.apply import revoke

    principal, brokers = principals_of(jurisdiction).by_role(_role(code)), closed_brokers_at(kafka)
    with administrator(brokers) as admin:
        withdrawn = revoke(admin, principal.user)
    facts = {"department": code, "user": principal.user, "rights_withdrawn": withdrawn}
    if withdrawn:
        _say(as_json, facts, f"{code}: {principal.user} is revoked, {withdrawn} rights withdrawn; its topics stay")
    else:
        _say(as_json, facts, f"{code}: {principal.user} had no rights; nothing was left to withdraw, its topics stay")


def _role(code: str) -> str:
    from services.contracts.departments import FILE, departments

    if code not in departments():
        fail(
            f"CODE {code!r} is no department; there are {', '.join(departments())}. "
            f"Add a new one to {FILE.name} first, and bring that version into use"
        )
    return f"department:{code}"


def _files(
    to: Path, code: str, user: str, brokers: KafkaSettings, address: str | None
) -> tuple[str, Mapping[Path, str]]:
    """A new password, and all files with it."""
    from services.chassis.messaging.access.passwords import new_password
    from services.cli.subscriber_files import AUTHORITY, Login, department_files

    assert brokers.kafka_ca is not None  # the settings are checked
    login = Login(addresses(address or brokers.kafka_bootstrap), user, new_password(), Path(AUTHORITY))
    return login.password, department_files(to, code, login, brokers.kafka_ca.read_text(encoding="ascii"))


def _say(as_json: bool, facts: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(facts) if as_json else sentence)
