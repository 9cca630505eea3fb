"""Residents who call: sends their calls to intake in batches and keeps which ticket belongs to which call."""

from __future__ import annotations

from collections.abc import Sequence

from demo.calls import Call
from demo.interfaces import Interfaces, Refused

BATCH = 500


class Residents:
    """`calls` holds every call by its ticket's id. `sent` counts the calls, acknowledged or not."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._operator = interfaces.as_role("hub")
        self.calls: dict[str, Call] = {}
        self.sent = 0
        self.repeated = 0
        self._names: dict[str, str] = {}

    def call_the_hotline(self, calls: Sequence[Call]) -> None:
        """Raises Refused when intake rejects one of them."""
        for start in range(0, len(calls), BATCH):
            batch = calls[start : start + BATCH]
            rows = [one.body() | {"source_id": f"call-{self.sent + number}"} for number, one in enumerate(batch)]
            body = {"source": "demo", "mode": "live", "tickets": rows}
            answers = self._operator.post("intake", "/tickets/batch", body)["results"]
            self.sent += len(batch)
            for call, answer in zip(batch, answers, strict=True):
                if "ticket_id" not in answer:
                    raise Refused(f"intake rejects a call: {answer}")
                self.repeated += answer["repeated"]
                self.calls[answer["ticket_id"]] = call
                self._names[answer["ticket_id"]] = f"call-{len(self.calls)}"

    def called_the_city(self, call: Call, ticket_id: str) -> None:
        """Records a call that the city's hotline took and filed here as a ticket."""
        self.sent += 1
        self.calls[ticket_id] = call
        self._names[ticket_id] = f"call-{len(self.calls)}"

    def name_of(self, ticket_id: str, continues: str | None) -> str:
        """What a ticket is called in every play of the seed: its id is drawn anew in each.

        `continues` is the ticket that it goes on from; of a row of them each must be asked for in turn.
        """
        if ticket_id not in self._names and continues:
            self._names[ticket_id] = f"{self._names.get(continues, continues)}, continued"
        return self._names.get(ticket_id, ticket_id)
