"""`closedloop evaluate hot-issues` and `bursts`: what detection finds in a file. The last line is JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.problems import fail

if TYPE_CHECKING:
    from services.contracts.fingerprint import TermKey
    from services.projects.jobs.evaluate_hot_issues import Alarm, Known, Message


Json = Annotated[bool, typer.Option("--json", help="Print the figures alone.")]


def hot_issues(
    stream: Annotated[Path, typer.Option(help="CSV or XLSX: msg_id, user, title, detail, time, issue_id.")],
    issues: Annotated[Path, typer.Option(help="What the issue_ids are: issue_id, users, hot.")],
    alarms: Annotated[Path | None, typer.Option(help="Write every alarm with its members here, for reading.")] = None,
    as_json: Json = False,
) -> None:
    """Replay messages in the order of their time through the joining of matters, and judge the alarms.

    Example: closedloop evaluate hot-issues --stream messages.csv --issues issues.csv --alarms alarms.txt
    """
    import psutil

    from services.cli.importing.progress import Advance
    from services.cli.importing.table import Unreadable
    from services.contracts.fingerprint import TermKey
    from services.projects.jobs.evaluate_hot_issues import HotIssueReplay, figures

    key = TermKey(b"")  # Nothing is kept.
    try:
        known = _known(issues)
        messages = _messages(stream, key)
    except Unreadable as error:
        fail(str(error))
    replay = HotIssueReplay(key)
    with Advance(len(messages)) as advance:
        for message in messages:
            replay.take(message)
            advance.by(1)
    found = list(replay.alarms.values())
    if alarms is not None:
        _write(alarms, _alarm_lines(found, messages))
    if not as_json:
        for line in _alarm_lines(found, messages, members=False):
            typer.echo(line)
    rss = psutil.Process().memory_info().rss / 1e6
    _print({**figures(messages, known, found), "messages_per_s": round(advance.rate, 1), "rss_mb": round(rss, 1)})


def bursts(
    tickets: Annotated[Path, typer.Option(help="CSV or XLSX of tickets whose place is known.")],
    place_column: Annotated[str, typer.Option(help="Any name is a place, as it stands.")],
    time_column: Annotated[str, typer.Option(help="Year first; without a zone it is Shanghai's time.")],
    caller_column: Annotated[str | None, typer.Option(help="Without it each ticket is a caller of its own.")] = None,
    as_json: Json = False,
) -> None:
    """Find the times in which the calls about one place are a hot issue by the rules in force.

    found_share: of all windows of 90 days that end with a ticket and hold 8 callers of one place, those in which an
    alarm of that place stands.

    Example: closedloop evaluate bursts --tickets calls.csv --place-column 小区 --time-column 受理时间
    """
    from services.cli.importing.progress import Advance
    from services.cli.importing.table import Unreadable
    from services.projects.jobs.evaluate_bursts import Bursts

    try:
        rows, left_out = _placed(tickets, place_column, time_column, caller_column)
    except Unreadable as error:
        fail(str(error))
    found = Bursts()
    with Advance(len(rows)) as advance:
        for at, number, place, caller in rows:
            found.take(place, number, caller, at)
            advance.by(1)
    if not as_json:
        for burst in found.found:
            typer.echo(f"{burst.place}  {burst.first:%Y-%m-%d} – {burst.last:%Y-%m-%d}  {len(burst.tickets)} tickets")
    place_of = {str(number): place for _, number, place, _ in rows}
    _print(
        {
            "tickets": len(rows),
            "left_out": left_out,
            "places": found.places,
            "bursts": len(found.found),
            "windows": found.windows,
            "found_share": round(found.covered / found.windows, 4) if found.windows else None,
            "wrong_place": sum(any(place_of[one] != burst.place for one in burst.tickets) for burst in found.found),
            "messages_per_s": round(advance.rate, 1),
        }
    )


def _print(figures: dict[str, Any]) -> None:
    typer.echo(json.dumps(figures, ensure_ascii=False))


def _known(file: Path) -> dict[str, Known]:
    from services.cli.evaluating.columns import Columns
    from services.cli.importing.table import Unreadable
    from services.projects.jobs.evaluate_hot_issues import Known

    known = {}
    for number, (issue, users, hot) in Columns(file, ("issue_id", "users", "hot")).rows():
        if not users.isdigit() or hot not in ("0", "1"):
            raise Unreadable(f"{file}: row {number}: users must be a number and hot 0 or 1")
        known[issue] = Known(issue, int(users), hot == "1")
    return known


def _messages(file: Path, key: TermKey) -> list[Message]:
    """In the order of their time, and of the file where that is the same."""
    from services.classifier.jobs.read_texts import TraitReader
    from services.cli.evaluating.columns import Columns
    from services.cli.importing.table import Unreadable
    from services.cli.importing.times import moment_of
    from services.projects.jobs.evaluate_hot_issues import Message

    rows = []
    wanted = ("msg_id", "user", "title", "detail", "time", "issue_id")
    for number, (name, user, title, detail, time, issue) in Columns(file, wanted).rows():
        try:
            rows.append((name, user, title, moment_of(time), issue, f"{title}\n{detail}"))
        except ValueError as error:
            raise Unreadable(f"{file}: row {number}: time {error}") from None
    if not rows:
        raise Unreadable(f"{file}: holds no message, only a header")
    reader, messages = TraitReader(key), []
    for name, user, title, at, issue, text in rows:
        traits = reader.read(text)
        messages.append(Message(name, user, title, at, issue, traits.place_words, traits.fingerprint))
    return sorted(messages, key=lambda message: message.at)


def _placed(file: Path, place: str, time: str, caller: str | None) -> tuple[list[tuple[Any, int, str, str]], int]:
    """(time, row, place, caller) in the order of time, and how many rows name no place or no time."""
    from services.cli.evaluating.columns import Columns
    from services.cli.importing.table import Unreadable
    from services.cli.importing.times import moment_of

    rows, left_out, why = [], 0, ""
    for number, cells in Columns(file, (place, time, *([caller] if caller else []))).rows():
        try:
            at = moment_of(cells[1])
        except ValueError as error:
            left_out, why = left_out + 1, f"row {number}: {time} {error}"
            continue
        if cells[0]:
            rows.append((at, number, cells[0], cells[2] if caller else str(number)))
        else:
            left_out += 1
    if not rows:
        raise Unreadable(f"{file}: no row with a place and a time{'; ' + why if why else ''}")
    return sorted(rows), left_out


def _alarm_lines(alarms: list[Alarm], messages: list[Message], *, members: bool = True) -> Iterator[str]:
    for alarm in alarms:
        callers = len({messages[at].user for at in alarm.members})
        place = "、".join(alarm.places) or "no place: one group"
        size = f"{callers} callers, {len(alarm.members)} messages"
        yield f"alarm {alarm.matter}  {alarm.at:%Y-%m-%d %H:%M}  {place}  {size}"
        if members:
            for at in sorted(alarm.members):
                one = messages[at]
                raised = "  <- raised it" if at == alarm.position else ""
                yield f"    {one.at:%Y-%m-%d %H:%M}  {one.user}  {one.id}  {one.issue or '-'}  {one.title}{raised}"


def _write(file: Path, lines: Iterator[str]) -> None:
    try:
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"--alarms {file} cannot be written ({error.strerror}): name another place")
