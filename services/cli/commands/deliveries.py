"""`closedloop deliveries`: the log of who was notified of what, and sending again what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.problems import fail, said
from services.cli.running import DEFAULT_RUN_DIR, RunDir, client, running_stack, service_of

app = typer.Typer(
    help="Who was notified of what, when, by which channel, and whether it was read; send again what failed.",
    no_args_is_help=True,
)
TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"]
"""Without a zone: Shanghai's."""
Department = Annotated[str | None, typer.Option(help="The code of a department; all by default.")]
Number = Annotated[str | None, typer.Option(help="The number of a ticket, hot issue or project.")]
Channel = Annotated[str | None, typer.Option(help="topic, webhook, email, wecom, dingtalk, feishu or sms.")]
State = Annotated[str | None, typer.Option("--status", help="published, waiting, sent, failed, withheld …")]
Since = Annotated[datetime | None, typer.Option(formats=TIMES, help="The cause was recorded then or later.")]
Until = Annotated[datetime | None, typer.Option(formats=TIMES, help="The cause was recorded before.")]
SHOWN = ("caused_at", "recipient", "person", "channel", "status", "cause", "message", "number", "told_at", "read_at")


@app.command("list")
def list_deliveries(
    department: Department = None,
    number: Number = None,
    channel: Channel = None,
    status: State = None,
    since: Since = None,
    until: Until = None,
    most: Annotated[int, typer.Option(help="How many lines at most.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """List deliveries, the newest cause first.

    Example: closedloop deliveries list --department housing --status failed
    """
    asked = _asked(department, number, channel, status, since, until)
    found = [row for row, _ in zip(_Log(run_dir).rows(asked), range(most), strict=False)]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for row in found:
        typer.echo("  ".join(str(row[name] or "-") for name in SHOWN) + f"  {row['delivery_id']}")
    typer.echo(f"{len(found)} deliveries")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.", dir_okay=False)],
    department: Department = None,
    number: Number = None,
    channel: Channel = None,
    status: State = None,
    since: Since = None,
    until: Until = None,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Write the log as CSV, 10,000 lines at most: narrow the time to get all.

    Example: closedloop deliveries export july.csv --since 2026-07-01 --until 2026-08-01
    """
    asked = _asked(department, number, channel, status, since, until)
    written = _Log(run_dir).ask("GET", "/deliveries.csv", params=asked)
    try:
        file.write_bytes(written.content)
    except OSError as error:
        fail(f"FILE {file}: cannot be written ({error.strerror}); give a file in a folder that exists and is yours")
    typer.echo(f"{max(0, len(written.text.splitlines()) - 1)} deliveries in {file}")


@app.command()
def resend(
    webhook: Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as `GET /webhooks` gives it.")],
    since: Annotated[datetime, typer.Option(formats=TIMES, help="From this time of the cause.")],
    until: Annotated[datetime, typer.Option(formats=TIMES, help="Until before this time.")],
    every: Annotated[bool, typer.Option("--all", help="Also what its receiver has taken.")] = False,
    run_dir: RunDir = DEFAULT_RUN_DIR,
) -> None:
    """Send again by webhook what failed in a time, each message under the id it had.

    Example: closedloop deliveries resend 0b8c… --since 2026-07-01 --until 2026-07-03
    """
    body = {"since": _written(since), "until": _written(until), "only_failed": not every}
    answer = _Log(run_dir).ask("POST", f"/webhooks/{webhook}/redeliver", json=body)
    typer.echo(f"{answer.json()['again']} deliveries are sent again")


class _Log:
    """Notifier's log, read as an administrator."""

    def __init__(self, run_dir: Path) -> None:
        state = running_stack(run_dir)
        self._url = service_of(state, "notifier")["url"]
        self._client = client(state, "admin")

    def ask(self, method: str, path: str, **request: Any) -> Any:
        answer = self._client.request(method, f"{self._url}{path}", **request)
        if not answer.is_success:
            fail(f"notifier answered {answer.status_code}: {said(answer)}")
        return answer

    def rows(self, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        cursor: dict[str, str] = {}
        while True:
            page = self.ask("GET", "/deliveries", params={**asked, **cursor, "limit": "500"}).json()
            yield from page["items"]
            if not page["next"]:
                return
            cursor = {"cursor": page["next"]}


def _asked(
    department: str | None,
    number: str | None,
    channel: str | None,
    status: str | None,
    since: datetime | None,
    until: datetime | None,
) -> dict[str, str]:
    from services.contracts.departments import departments
    from services.contracts.supervision_events import SupervisingParty

    known = [*departments(), *SupervisingParty]
    if department is not None and department not in known:
        fail(f"--department {department}: is no department; there are {', '.join(known)}")
    if since and until and _in_shanghai(until) <= _in_shanghai(since):
        fail("--until: must be after --since")
    given = {"department": department, "number": number, "channel": channel, "status": status}
    times = {"since": since and _written(since), "until": until and _written(until)}
    return {name: value for name, value in (given | times).items() if value}


def _written(moment: datetime) -> str:
    return _in_shanghai(moment).isoformat()


def _in_shanghai(moment: datetime) -> datetime:
    from services.chassis.working_days import SHANGHAI

    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
