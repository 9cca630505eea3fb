"""The file of deliveries: who was handed the ballot, when, how, and whether it said what silence means."""

from __future__ import annotations

from services.projects.jobs.consultation.ballots import read_moment
from services.projects.jobs.consultation.columns import Faults, ListedTable, MomentOf, meanings, named_cells, word


def read_deliveries(
    table: ListedTable, faults: Faults, moment_of: MomentOf
) -> tuple[list[dict[str, object]], list[int]]:
    """As the route takes them, without their evidence, and the row of each."""
    found: list[dict[str, object]] = []
    rows: list[int] = []
    for number, cells in named_cells("deliveries", table, faults):
        before = len(faults.sentences)
        if not cells["part_id"]:
            faults.add(number, "part_id", "is blank: say which part", "blank")
        if not cells["at"]:
            faults.add(number, "at", "is blank: say when it was handed over", "blank")
        at = read_moment(cells["at"], "at", number, faults, moment_of)
        how = meanings("delivered_by").get(word(cells["how"]))
        if how is None:
            faults.add(number, "how", "is not clear: say hand, letter_box, post or message", "how")
        warned = meanings("delivered").get(word(cells["warned"]))
        if warned is None:
            faults.add(number, "warned", "is not clear: say yes or no", "yes_no")
        if len(faults.sentences) == before:
            rows.append(number)
            found.append({"part_id": cells["part_id"], "at": at, "how": how, "warned": warned == "yes"})
    if not found and not faults.sentences:
        faults.add(None, "the file", "holds no delivery, only a header: give each a row", "no_rows")
    return found, rows
