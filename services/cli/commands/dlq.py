"""`closedloop dlq`: the dead letters of the running stack. Each service lists, shows and replays its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import quote

import typer

from services.cli.problems import fail
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of
from services.contracts.services import SERVICES

app = typer.Typer(
    help="Events that a service could not process: list them, show them, replay them once the fault is mended.",
    no_args_is_help=True,
)


def _known(service: str | None) -> str | None:
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"{service!r} is no service; there are {', '.join(SERVICES)}")
    return service


Letter = dict[str, Any]
Service = Annotated[str, typer.Argument(help=f"The service: {', '.join(SERVICES)}.", callback=_known)]
LetterId = Annotated[str, typer.Argument(metavar="ID", help="As `dlq list` prints it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("list")
def list_letters(
    service: Annotated[
        str | None, typer.Argument(help=f"The service: {', '.join(SERVICES)}; all by default.", callback=_known)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those already replayed.")] = False,
    as_json: Json = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """List the dead letters, the oldest of each service first.

    Example: closedloop dlq list intake
    """
    stack = _Letters(run_dir)
    status = "all" if every else "rejected"
    found = {one: list(stack.letters(one, status)) for one in ([service] if service else SERVICES)}
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one, letters in found.items():
        for letter in letters:
            place = f"{letter['topic']}-{letter['partition']}@{letter['offset']}"
            typer.echo(f"{one} {letter['id']}  {letter['status']}  {letter['rejected_at']}  {place}  {letter['cause']}")
    typer.echo(f"{sum(map(len, found.values()))} dead letters")


@app.command()
def show(service: Service, letter: LetterId, as_json: Json = False, run_dir: RunDir = DEFAULT_RUN_DIR) -> None:
    """Show one letter with its headers and the outline of its body: what people wrote is left out.

    Example: closedloop dlq show classifier 0-17
    """
    shown = _Letters(run_dir).get(service, f"/{quote(letter, safe='')}")
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    headers, body = shown.pop("headers"), shown.pop("body")
    for name, value in shown.items():
        typer.echo(f"{name:13} {value if value is not None else '-'}")
    for name, value in headers:
        typer.echo(f"  {name}: {value}")
    typer.echo(body if body is not None else "(no body)")


@app.command()
def replay(
    service: Service,
    letter: Annotated[str | None, typer.Argument(metavar="ID", help="As `dlq list` prints it.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that wait, the oldest first.")] = False,
    as_json: Json = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Process letters again. A letter that fails again stays a dead letter; then the command exits 1.

    Replaying a letter twice has no second effect. Nothing is published to the source topic.

    Example: closedloop dlq replay intake --all
    """
    if (letter is None) is not every:
        raise typer.BadParameter("give the letter's ID, or --all", param_hint="ID")
    stack = _Letters(run_dir)
    letters = [letter] if letter else [one["id"] for one in list(stack.letters(service, "rejected"))]
    failed: dict[str, str] = {}
    for one in letters:
        cause = stack.replay(service, one)
        if cause is not None:
            failed[one] = cause
        if not as_json:
            typer.echo(f"{service} {one}  {'replayed' if cause is None else f'fails again: {cause}'}")
    if as_json:
        typer.echo(json.dumps({"replayed": [one for one in letters if one not in failed], "failed": failed}))
    elif every:
        typer.echo(f"{len(letters) - len(failed)} of {len(letters)} replayed")
    if failed:
        raise typer.Exit(1)


class _Letters:
    """The `/dead-letters` routes of the stack's services, asked as an admin."""

    def __init__(self, run_dir: Path) -> None:
        self._state = running_stack(run_dir)
        self._http = client(self._state, "admin")

    def letters(self, service: str, status: str) -> Iterator[Letter]:
        after: dict[str, str] = {}
        while True:
            page = self.get(service, "", status=status, limit="500", **after)
            yield from page["items"]
            if not page["next"]:
                return
            after = {"after": page["next"]}

    def get(self, service: str, path: str, **query: str) -> dict[str, Any]:
        answer = self._ask("GET", service, path, query)
        if answer.status_code != 200:
            self._refuse(service, answer)
        return dict(answer.json())

    def replay(self, service: str, letter: str) -> str | None:
        """None if it was processed, otherwise why it failed again."""
        answer = self._ask("POST", service, f"/{quote(letter, safe='')}/replay", {})
        if answer.status_code == 409:
            return str(answer.json()["detail"])
        if answer.status_code != 200:
            self._refuse(service, answer)
        return None

    def _ask(self, method: str, service: str, path: str, query: dict[str, str]) -> Any:
        import httpx

        url = service_of(self._state, service)["url"]
        try:
            return self._http.request(method, f"{url}/dead-letters{path}", params=query)
        except httpx.HTTPError as error:
            fail(f"{service} at {url} does not answer: {type(error).__name__}; see `closedloop status`")

    def _refuse(self, service: str, answer: Any) -> NoReturn:
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        message = f"{problem.get('title', 'refused')}: {problem.get('detail', answer.text[:200])}"
        for error in problem.get("errors", ()):
            message += f" ({error.get('field')}: {error.get('message')})"
        fail(f"{service}: {message}")
