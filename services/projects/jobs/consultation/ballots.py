"""The file of ballots: what was answered for each part on each item."""

from __future__ import annotations

from datetime import datetime

from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.jobs.consultation.columns import Faults, ListedTable, MomentOf, meanings, named_cells, word


def read_ballots(table: ListedTable, faults: Faults, moment_of: MomentOf) -> tuple[list[Ballot], list[int]]:
    """The ballots in the order of the file, and the row of each."""
    ballots: list[Ballot] = []
    rows: list[int] = []
    for number, cells in named_cells("ballots", table, faults):
        before = len(faults.sentences)
        for column in ("part_id", "item"):
            if not cells[column]:
                faults.add(number, column, f"is blank: say which {'part' if column == 'part_id' else 'item'}", "blank")
        choice = meanings("choice").get(word(cells["choice"]))
        if choice is None:
            said = repr(cells["choice"]) if cells["choice"] else "is blank and"
            faults.add(
                number, "choice", f"{said} is no answer: say agree, disagree, abstain, invalid or empty", "choice"
            )
        at = read_moment(cells["at"], "at", number, faults, moment_of)
        delivered = _delivered(cells["delivered"], number, faults, moment_of)
        if len(faults.sentences) > before or choice is None:
            continue
        rows.append(number)
        ballots.append(
            Ballot(
                number=len(ballots) + 1,
                part_id=cells["part_id"],
                item=cells["item"],
                choice=BallotChoice(choice),
                origin=meanings("origin").get(word(cells["origin"]), cells["origin"].casefold()),
                at=at,
                delivered=delivered,
                text_hash=cells.get("text_hash") or None,
                evidence=cells.get("evidence") or f"row {number}",
                proxy=cells.get("proxy") or None,
            )
        )
    if not ballots and not faults.sentences:
        faults.add(None, "the file", "holds no ballot, only a header: give each ballot a row", "no_rows")
    return ballots, rows


def _delivered(written: str, row: int, faults: Faults, moment_of: MomentOf) -> bool:
    """Yes, no, or the time at which it was delivered. Blank is no: silence counts only where delivery is proved."""
    said = meanings("delivered").get(word(written))
    if said is not None:
        return said == "yes"
    if written:
        try:
            moment_of(written)
        except ValueError:
            faults.add(
                row, "delivered", f"{written!r} is not clear: say yes or no, or when it was delivered", "delivered"
            )
        return True
    return False


def read_moment(written: str, column: str, row: int, faults: Faults, moment_of: MomentOf) -> datetime | None:
    if not written:
        return None
    try:
        return moment_of(written)
    except ValueError as error:
        faults.add(row, column, f"{written!r} {error}", "time")
        return None
