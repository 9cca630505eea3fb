"""`closedloop kafka`: users, rights and quotas on the broker, against deploy/kafka/topics.yaml and principals.yaml."""

from __future__ import annotations

import json
from dataclasses import asdict
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
    from services.chassis.messaging.access.compare import Difference
    from services.chassis.messaging.access.dialogue import Step
    from services.contracts.principals import Principal

app = typer.Typer(help="Who may connect to Kafka, and what each may do.", no_args_is_help=True)

Passwords = Annotated[
    Path | None,
    typer.Option("--passwords", metavar="FOLDER", help="Holds USER/closedloop_kafka_password for each, mode 600."),
]
User = Annotated[str, typer.Argument(metavar="USER", help="As in principals.yaml, such as intake or department-fire.")]


@app.command()
def apply(
    kafka: Kafka,
    passwords: Passwords = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")] = False,
    jurisdiction: Jurisdiction = DISTRICT,
    as_json: Json = False,
) -> None:
    """Create users, allow what the tables give, withdraw what they do not. May be run again at any time.

    A missing user gets the password that lies in --passwords, or a new one, which is written there. No password is
    printed. Rights of others on resources that are not ours are left alone; denials made by hand are reported and stay.

    Example: closedloop kafka apply --kafka kafka:9092 --passwords /etc/closedloop/passwords
    """
    from services.chassis.messaging.access.apply import apply_access, check_access
    from services.chassis.messaging.access.passwords import PasswordFolder

    principals = principals_of(jurisdiction)
    with administrator(closed_brokers_at(kafka)) as admin:
        if dry_run:
            differences = check_access(admin, principals)
        else:
            differences = apply_access(admin, principals, PasswordFolder(passwords) if passwords else None)
    if dry_run or as_json:
        _print(differences, as_json, len(principals.users))
        return
    for one in differences:
        typer.echo(f"corrected: {one.what}" if one.corrected else str(one))
    typer.echo(f"{len(principals.users)} users in the tables, {sum(one.corrected for one in differences)} corrections")


@app.command()
def check(
    context: typer.Context,
    kafka: Annotated[
        str | None,
        typer.Option(
            "--kafka",
            envvar="CLOSEDLOOP_KAFKA_BOOTSTRAP",
            metavar="HOST:PORT",
            help="The brokers' addresses; with --credentials those in the file, unless this option itself is given.",
        ),
    ] = None,
    role: Annotated[
        str | None, typer.Option("--as", metavar="ROLE", help="As in topics.yaml, such as intake or department:fire.")
    ] = None,
    credentials: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --as: connect with this file of `department add`, step by step."),
    ] = None,
    jurisdiction: Jurisdiction = DISTRICT,
    as_json: Json = False,
) -> None:
    """Print each difference between broker and tables; exits 1 if there is any.

    With --as, only those of one role. With --credentials too, go its way step by step and say where it ends: address,
    certificate, password, each right. Clients do not say: without a right a consumer waits in silence.

    Example: closedloop kafka check --as department:fire --credentials fire/librdkafka.properties
    """
    from services.contracts.principals import UnknownPrincipal

    principals = principals_of(jurisdiction)
    try:
        principal = principals.by_role(role) if role else None
    except UnknownPrincipal as unknown:
        fail(f"--as {role}: {unknown}")
    if credentials is not None:
        if principal is None:
            fail("--credentials says how to connect; give --as ROLE, who connects")
        from services.cli.way_in import walk

        source = context.get_parameter_source("kafka")
        given = source is not None and source.name == "COMMANDLINE"
        _steps(walk(credentials, kafka if given else None, principal.user, principals.rights[principal.user]), as_json)
        return
    if kafka is None:
        fail("no broker: give --kafka HOST:PORT or set CLOSEDLOOP_KAFKA_BOOTSTRAP")
    from services.chassis.messaging.access.apply import check_access
    from services.chassis.messaging.access.broker import read_access
    from services.chassis.messaging.access.compare import Difference

    with administrator(closed_brokers_at(addresses(kafka))) as admin:
        differences = check_access(admin, principals)
        if principal is not None:
            differences = [one for one in differences if one.user == principal.user]
            if not differences and principal.user not in read_access(admin).users:
                differences = [Difference(principal.user, "not subscribed")]
    _print(differences, as_json, 1 if principal else len(principals.users))
    if differences:
        raise typer.Exit(1)


@app.command()
def rotate(
    user: User,
    kafka: Kafka,
    passwords: Annotated[
        Path, typer.Option("--passwords", metavar="FOLDER", help="USER/closedloop_kafka_password in it is renewed.")
    ],
    jurisdiction: Jurisdiction = DISTRICT,
    as_json: Json = False,
) -> None:
    """Give a user another password. Connections that stand go on; the next ones need the new one.

    Example: closedloop kafka rotate intake --kafka kafka:9092 --passwords /etc/closedloop/passwords
    """
    from services.chassis.messaging.access.apply import rotate as rotate_user
    from services.chassis.messaging.access.passwords import PasswordFolder, new_password

    principal = _known(user, jurisdiction)
    if principal is None or principal.made_by == "department add":
        fail(f"{user} is a department's: `closedloop department credentials CODE` makes its password and its files")
    password, file = new_password(), PasswordFolder(passwords).file(user)
    with administrator(closed_brokers_at(kafka)) as admin:
        rotate_user(admin, user, password, {file: f"{password}\n"})
    _say(as_json, {"user": user, "file": str(file)}, f"{user}: the new password is in {file}")


@app.command()
def revoke(user: User, kafka: Kafka, jurisdiction: Jurisdiction = DISTRICT, as_json: Json = False) -> None:
    """Withdraw all rights of a user, which ends its reading and writing at once; then its password and its quota.

    A service's user is made again by the next `kafka apply`; a department's by `department add` alone.

    Example: closedloop kafka revoke department-fire --kafka kafka:9092
    """
    from services.chassis.messaging.access.apply import revoke as revoke_user

    principal = _known(user, jurisdiction)
    if principal is not None and principal.made_by == "format":
        fail(f"{user} is the broker's first user: without it nobody could give rights again; change super.users first")
    with administrator(closed_brokers_at(kafka)) as admin:
        withdrawn = revoke_user(admin, user)
    _say(as_json, {"user": user, "rights_withdrawn": withdrawn}, f"{user}: {withdrawn} rights withdrawn, no password")


def _known(user: str, jurisdiction: str) -> Principal | None:
    """None for one of ours that the tables do not name any more. Ends the command for anybody else."""
    from services.contracts.principals import UnknownPrincipal

    principals = principals_of(jurisdiction)
    try:
        return principals.user(user)
    except UnknownPrincipal as unknown:
        return None if principals.owns(user) else fail(str(unknown))


def _steps(steps: list[Step], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"steps": [asdict(step) for step in steps]}, ensure_ascii=False))
    else:
        for step in steps:
            typer.echo(str(step))
    if not all(step.ok for step in steps):
        raise typer.Exit(1)


def _print(differences: list[Difference], as_json: bool, users: int) -> None:
    if as_json:
        typer.echo(json.dumps({"differences": [asdict(one) for one in differences]}))
        return
    for one in differences:
        typer.echo(str(one))
    typer.echo(f"{users} users checked, {len(differences)} differences")


def _say(as_json: bool, facts: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(facts) if as_json else sentence)
