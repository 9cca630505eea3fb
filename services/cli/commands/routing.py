"""`closedloop routing`: who is notified of what, by which version of the rules, and why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of

NUMBER = re.compile(r"[0-9]{18}", re.ASCII)
Seats = dict[tuple[str, str], tuple[int, int]]
app = typer.Typer(help="Who is notified of what, and why.", no_args_is_help=True)
RoutingFile = Annotated[
    Path | None, typer.Option("--file", help="A file like services/notifier/data/routing.yaml, instead of that one.")
]


@app.command("list")
def list_rules(file: RoutingFile = None) -> None:
    """Show the rule sets for officers: the facts, recipients and escalation of each rule.

    Example: closedloop routing list
    """
    from services.contracts.data_files import InvalidData
    from services.notifier.jobs import routing

    try:
        for line in routing.RoutingFile(file).editions():
            typer.echo(line)
    except InvalidData as error:
        fail(str(error))


@app.command()
def check(file: RoutingFile = None) -> None:
    """Check a routing file before it is used. The first fault is named with its remedy.

    Example: closedloop routing check --file our-routing.yaml
    """
    from services.contracts.data_files import InvalidData
    from services.notifier.jobs import routing

    try:
        typer.echo(routing.check(file))
    except InvalidData as error:
        fail(str(error))


@app.command()
def explain(
    number: Annotated[
        str | None, typer.Argument(help="A ticket's number: who was notified of it, by which rule.")
    ] = None,
    event: Annotated[
        Path | None,
        typer.Option(help="JSON with type, time and event (its body): who would be notified, and why others not."),
    ] = None,
    file: RoutingFile = None,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Show who would be notified of an event and why, or who was notified of a ticket. Nothing is sent.

    Example: closedloop routing explain --event breach.json
    """
    if (number is None) == (event is None):
        fail("give a ticket's number, or an event with --event, and not both")
    if event is not None:
        _would_be_notified(event, file, run_dir)
        return
    if not NUMBER.fullmatch(number or ""):
        fail(f"{number} is no ticket's number: it has 18 digits, as in 260701093000042117; an event goes with --event")
    state = running_stack(run_dir)
    with client(state, "hub") as hub:
        answer = hub.get(f"{service_of(state, 'notifier')['url']}/officer-notices", params={"number": str(number)})
    if answer.status_code != 200:
        fail(f"notifier refused it: {answer.json().get('detail', answer.status_code)}")
    items = answer.json()["items"]
    for one in items:
        typer.echo(_line(one))
    if not items:
        typer.echo("no officer was notified of it")


def _would_be_notified(event: Path, file: Path | None, run_dir: Path) -> None:
    from services.contracts.data_files import InvalidData
    from services.notifier.jobs import routing

    try:
        rules, seats = routing.RoutingFile(file), _seats(run_dir)
        for line in rules.explain(event, lambda unit, post: _there(seats, unit, post)):
            typer.echo(line)
        if seats is None:
            typer.echo(f"who sits there is in notifier's directory, and no stack runs in {run_dir}")
    except (InvalidData, routing.NotExplained) as error:
        fail(str(error))


def _seats(run_dir: Path) -> Seats | None:
    """How many officers sit at each post, and how many of them are reachable; None where no stack runs."""
    from services.localstack.run_directory import read_state

    state = read_state(run_dir)
    if state is None:
        return None
    with client(state, "hub") as hub:
        answer = hub.get(f"{service_of(state, 'notifier')['url']}/officers")
    if answer.status_code != 200:
        fail(f"notifier did not give its directory: {answer.json().get('detail', answer.status_code)}")
    absent = answer.json()["channels_absent"]
    seats: Seats = {}
    for one in answer.json()["items"]:
        there, reached = seats.get((one["unit"], one["post"]), (0, 0))
        is_reached = any(way["channel"] not in absent for way in one["ways"])
        seats[one["unit"], one["post"]] = (there + 1, reached + is_reached)
    return seats


def _there(seats: Seats | None, unit: str, post: str) -> str:
    if seats is None:
        return ""
    there, reached = seats.get((unit, post), (0, 0))
    return f" ({there} there, {reached} reachable)" if there else " (nobody there)"


def _line(notice: dict[str, Any]) -> str:
    read = f", read {notice['read_at']}" if notice["read_at"] else ""
    cause = f" ({notice['cause']})" if notice["cause"] else ""
    why = f"rule {notice['rule']} of version {notice['rule_version']}"
    return f"{notice['caused_at']} {notice['unit']} {notice['post']}: {why}, {notice['status']}{cause}{read}"
