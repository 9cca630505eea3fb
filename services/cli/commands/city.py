"""`closedloop city`: the tickets of the city's hotline against the district's."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of

app = typer.Typer(help="The city's hotline (docs/city-hotline.md).", no_args_is_help=True)


@app.command()
def reconcile(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day whose open tickets are compared.")],
    city_url: Annotated[str, typer.Option(envvar="CLOSEDLOOP_CITY_URL", help="The address of the city's hotline.")],
    city_token: Annotated[
        str, typer.Option(envvar="CLOSEDLOOP_CITY_TOKEN", help="The token that the city issued to the district.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Compare the city's list of open tickets with the district's, by number. Changes nothing; exits 1 on a difference.

    Example: closedloop city reconcile --day 2026-07-01
    """
    state = running_stack(run_dir)
    report = _compared(state, _listed(city_url, city_token, day.date()))
    if as_json:
        typer.echo(json.dumps({"day": day.date().isoformat(), **report}, ensure_ascii=False))
    else:
        for number in report["missing_here"]:
            typer.echo(f"{number}  missing here: open at the city, never received")
        for one in report["missing_there"]:
            typer.echo(f"{one['number']}  missing there: {one['state']} here, ticket {one['ticket_id']}")
        for one in report["different"]:
            typer.echo(f"{one['number']}  {one['field']}: {one['here']} here, {one['there']} there")
        typer.echo(f"{report['same']} the same; {report['unsent']} messages to the city not taken yet")
    if report["missing_here"] or report["missing_there"] or report["different"]:
        raise typer.Exit(1)


def _listed(url: str, token: str, day: date) -> list[Any]:
    import httpx

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(f"{url.rstrip('/')}/tickets/open", params={"day": str(day)}, headers=headers, timeout=60)
    except httpx.HTTPError as error:
        fail(f"the city at {url} does not answer ({type(error).__name__}): try again later")
    try:
        return list(answer.raise_for_status().json()["tickets"])
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError):
        fail(f"the city at {url} answered {answer.status_code} without a list of tickets: see docs/city-hotline.md")


def _compared(state: dict[str, Any], listed: list[Any]) -> dict[str, Any]:
    import httpx

    intake = service_of(state, "intake")
    try:
        with client(state, "hub") as hub:
            answer = hub.post(f"{intake['url']}/city/reconciliation", json={"tickets": listed})
    except httpx.HTTPError as error:
        fail(f"intake at {intake['url']} does not answer ({type(error).__name__}): look at {intake['log']}")
    if answer.status_code != 200:
        fail(f"intake did not take the city's list: {answer.text}")
    return dict(answer.json())
