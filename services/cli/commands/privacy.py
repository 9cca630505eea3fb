"""`closedloop privacy`: what is kept about a person, and erasing it. Asks the running stack's intake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of

app = typer.Typer(
    help="What is kept about a person: show it, give it to them, erase it (ADR 35).",
    no_args_is_help=True,
)
Phone = Annotated[str | None, typer.Option("--phone", help="The person's telephone; `-` asks for it, unseen.")]
Ticket = Annotated[str | None, typer.Option("--ticket", metavar="ID", help="One of the person's tickets instead.")]
Tombstones = Annotated[Path, typer.Argument(help="The list of tombstones.")]
AT_ONCE = 100


@app.command()
def report(phone: Phone = None, ticket: Ticket = None, run_dir: RunDir = DEFAULT_RUN_DIR) -> None:
    """Say what is kept about a person, and who read it for what. The look itself is kept as a reading.

    A telephone that a family shares is one person.

    Example: closedloop privacy report --phone -
    """
    found = _ask(run_dir, "POST", "/report", _person(phone, ticket))
    typer.echo(f"{len(found['tickets'])} tickets, {found['in_vault']} of them with personal data in the vault")
    typer.echo("  given: " + ", ".join(f"{name} {count}" for name, count in found["given"].items()))
    for name, count in found["kept"].items():
        typer.echo(f"  {name.replace('_', ' '):22} {count}")
    for one in found["readings"]:
        asked = f"by {one['reader']} as {one['role'] or 'nobody who may'}"
        typer.echo(f"  read {one['at']} {asked}: {one['purpose']}, {one['outcome']}")
    for one in found["messages"]:
        why = f" ({one['cause']})" if one["cause"] else ""
        typer.echo(f"  told {one['planned_at']} {one['occasion']}: by {one['way'] or 'no way'}, {one['state']}{why}")
        for each in one["tries"]:
            typer.echo(f"    tried {each['at']} by {each['way']}: {each['outcome']}")
    for one in found["erasures"]:
        typer.echo(f"  erased {one['at']}: {one['reason']}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The JSON file to write; it must not exist yet.")],
    phone: Phone = None,
    ticket: Ticket = None,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Write a person's own data into a file that only you can read, to be given to them. Kept as a reading.

    Example: closedloop privacy export wang.json --ticket 0b0f8f0e-…
    """
    found = _ask(run_dir, "POST", "/export", _person(phone, ticket))
    _write_new(file, found)
    typer.echo(f"{len(found['tickets'])} tickets written to {file}")


@app.command()
def erase(
    reason: Annotated[str, typer.Option(help="Why, for the record: it must not name the person.")],
    phone: Phone = None,
    ticket: Ticket = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Erase a person from all tickets so far. Counts and facts stay. It cannot be undone.

    Example: closedloop privacy erase --phone - --reason "asked in writing on 1 July"
    """
    person = _person(phone, ticket)
    if not yes:
        typer.confirm("Erase this person from all their tickets, for good?", abort=True)
    done = _ask(run_dir, "POST", "/erasures", {**person, "reason": reason})
    typer.echo(f"erased from {done['tickets']} tickets: {done['erasure_id']}")


@app.command()
def erasures(file: Tombstones, run_dir: RunDir = DEFAULT_RUN_DIR) -> None:
    """Write the list of those who were erased, for restored backups. It names nobody.

    Example: closedloop privacy erasures erasures.json
    """
    found = _ask(run_dir, "GET", "/erasures", None)["items"]
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    typer.echo(f"{len(found)} erasures written to {file}")


@app.command("apply-erasures")
def apply_erasures(file: Tombstones, run_dir: RunDir = DEFAULT_RUN_DIR) -> None:
    """Erase again whom the list names: after a backup was restored, before anybody is served. May be repeated.

    Example: closedloop privacy apply-erasures erasures.json
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read ({type(error).__name__}): give the file that `privacy erasures` wrote")
    if not isinstance(found, list):
        fail(f"{file} holds no list: give the file that `privacy erasures` wrote")
    applied = 0
    for first in range(0, len(found), AT_ONCE):
        applied += _ask(run_dir, "POST", "/erasures/applied", found[first : first + AT_ONCE])["applied"]
    typer.echo(f"{applied} erasures applied")


@app.command()
def retention(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for a program.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Show how long what is kept, how much of it is due to go now, and what went.

    Example: closedloop privacy retention
    """
    found = _ask(run_dir, "GET", "/retention", None)["items"]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        last = f", last {one['removed_at']}" if one["removed_at"] else ""
        typer.echo(f"{one['kept']:10} {one['months']:3} months after {one['since']}")
        typer.echo(
            f"           {one['due']} due, {one['removed']} gone{last}; looked at {one['finished_at'] or 'never'}"
        )


@app.command("rotate-key")
def rotate_key(
    database: Annotated[
        str,
        typer.Option("--database", metavar="URL", help="That of callers' keys.", envvar="CLOSEDLOOP_KEYS_DATABASE_URL"),
    ],
    new: Annotated[str, typer.Option(envvar="CLOSEDLOOP_VAULT_KEY", help="The current key; by the environment.")],
    old: Annotated[
        str, typer.Option(envvar="CLOSEDLOOP_OLD_VAULT_KEYS", help="The former ones; by the environment.")
    ] = "",
) -> None:
    """Wrap all callers' keys by the current master key, with intake running (docs/how-to/change-the-vault-key.md).

    Whatever ends it, run it again. Exits 1 while keys are left that a former one wraps.

    Example: closedloop privacy rotate-key
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from services.intake.jobs.rotate_key import CannotOpen, rotate

    try:
        current, former = bytes.fromhex(new), [bytes.fromhex(one) for one in old.split(",") if one]
        url = make_url(database).set(drivername="postgresql+psycopg")
        done = rotate(url.render_as_string(hide_password=False), current, former)
    except (ValueError, ArgumentError):
        fail("a key or the database's URL cannot be read: give them as intake has them")
    except CannotOpen as error:
        fail(str(error))
    except SQLAlchemyError as error:
        fail(f"the database does not answer as that of callers' keys should ({type(error).__name__})")
    typer.echo(f"{done.wrapped} keys rewrapped by {done.master}, {done.left} left")
    if done.left:
        raise typer.Exit(1)


def _person(phone: str | None, ticket: str | None) -> dict[str, str]:
    if (phone is None) is (ticket is None):
        raise typer.BadParameter("give either --phone or --ticket", param_hint="--phone")
    if phone == "-":
        phone = typer.prompt("Telephone", hide_input=True)
    return {"phone": phone} if phone else {"ticket_id": str(ticket)}


def _ask(run_dir: Path, method: str, path: str, body: Any) -> Any:
    import httpx

    state = running_stack(run_dir)
    url = service_of(state, "intake")["url"]
    try:
        with client(state, "hub", "identity-reader") as officer:
            answer = officer.request(method, f"{url}/privacy{path}", json=body)
    except httpx.HTTPError as error:
        fail(f"intake at {url} does not answer ({type(error).__name__}): see `closedloop status`")
    if answer.is_error:
        fail(f"{answer.json()['title']}: {answer.json()['detail']}")
    return answer.json()


def _write_new(file: Path, found: Any) -> None:
    import os

    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        fail(f"{file} cannot be written ({error.strerror}): name a new file")
    with open(handle, "w", encoding="utf-8") as out:
        json.dump(found, out, ensure_ascii=False, indent=1)
