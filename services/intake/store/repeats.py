"""Earlier tickets of the same caller."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import text

from services.chassis.database.work import Work
from services.intake.domain.earlier_calls import EarlierCall
from services.intake.domain.repeats import WINDOW
from services.intake.domain.steps import OPEN
from services.intake.domain.ticket import Ticket

_OPEN_OF_CALLERS = text(
    """
    SELECT CAST(asked.id AS text) AS ticket_id, CAST(t.id AS text) AS earlier, t.occurred_at
      FROM unnest(CAST(:ids AS uuid[]), CAST(:callers AS text[]), CAST(:types AS text[]), CAST(:estates AS text[]),
                  CAST(:occurred AS timestamptz[])) AS asked(id, caller_ref, type_code, estate, occurred_at)
      JOIN tickets AS t
        ON t.caller_ref = asked.caller_ref AND t.type_code = asked.type_code AND t.estate = asked.estate
       AND t.occurred_at > asked.occurred_at - CAST(:window AS interval) AND t.occurred_at <= asked.occurred_at
       AND t.state = ANY(:open) AND t.id <> asked.id
    """
)


class SqlRepeats:
    """Implements the port Repeats."""

    def open_of_callers(self, work: Work, tickets: Sequence[Ticket]) -> Mapping[str, Sequence[EarlierCall]]:
        if not tickets:
            return {}
        asked = {
            "ids": [one.id for one in tickets],
            "callers": [one.caller_ref for one in tickets],
            "types": [one.type_code for one in tickets],
            "estates": [one.place and one.place.estate for one in tickets],
            "occurred": [one.occurred_at for one in tickets],
            "window": WINDOW,
            "open": list(OPEN),
        }
        found = defaultdict(list)
        for row in work.connection.execute(_OPEN_OF_CALLERS, asked):
            found[row.ticket_id].append(EarlierCall(row.earlier, row.occurred_at))
        return found
