"""Supervision of the case: a deputy suggests, the Standing Committee inspects and gives an opinion, units answer."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.diary import Diary
from demo.interfaces import Interfaces, Person, Refused
from demo.rule import texts

PARTY = "supervisor:congress"
SUGGESTED, INSPECTED, OPINED, HANDED_OVER, REPLIED, RATED, REPLIED_BETTER, RATED_AGAIN = (
    timedelta(days=days) for days in (7, 21, 28, 35, 63, 70, 91, 98)
)
"""After the case is chosen."""
PROMISED_IN = timedelta(days=300)
"""From the better answer: by then the pilot is accepted and the Measures are issued."""
SEEN_AFTER = timedelta(days=28)
"""From the issue of the Measures until the supervisors find them carried out."""
PLEASED = {"manner": "satisfied", "result": "mostly"}
DISPLEASED = {"manner": "satisfied", "result": "dissatisfied", "why": texts.WHY_NOT}


class Supervision:
    """Plays the deputy, the supervisors and the units that answer. `topic_id` None: nothing was suggested yet.

    `refused`: what the service said of an answer without its day.
    """

    def __init__(self, interfaces: Interfaces, diary: Diary) -> None:
        self._interfaces = interfaces
        self._diary = diary
        self._deputy = interfaces.as_role("deputy")
        self._party = interfaces.as_role(PARTY)
        self._units: list[str] = []
        self._place: dict[str, str] = {}
        self.topic_id: str | None = None
        self.refused: dict[str, str] | None = None

    def begin(self, sheet: dict[str, Any], now: datetime) -> None:
        """`sheet` of the case that was chosen."""
        issue = sheet["issues"][0]
        self._place = {"sub_district": issue["sub_district"], "estate_id": issue["estate"]}
        self._units = [clause.unit or sheet["case"]["lead"] for clause in texts.OPINION]
        for after, act in (
            (SUGGESTED, self._suggest),
            (INSPECTED, self._inspect),
            (OPINED, self._opine),
            (HANDED_OVER, self._hand_over),
            (REPLIED, self._reply),
            (RATED, self._rate),
            (REPLIED_BETTER, self._reply_better),
            (RATED_AGAIN, self._rate_again),
        ):
            self._diary.plan(now + after, act)

    def issued(self, now: datetime) -> None:
        """The Measures are issued, which was promised."""
        self._diary.plan(now + SEEN_AFTER, lambda at: self._end(now.date(), at))

    def _suggest(self, _: datetime) -> None:
        """The deputy's suggestion becomes a topic."""
        suggestion = _own_id("suggestion")
        self._deputy.post("projects", "/supervision/suggestions", {"id": suggestion, **texts.SUGGESTION})
        topic = {"id": _own_id("topic"), "type_code": texts.TYPE_CODE, "suggestion_id": suggestion, **texts.TOPIC}
        self.topic_id = str(self._party.post("projects", "/supervision/topics", topic)["topic_id"])

    def _inspect(self, now: datetime) -> None:
        """Nobody of the inspected units takes part; each finding has its photograph."""
        inspection = {
            "id": _own_id("inspection"),
            **self._place,
            "units": self._units,
            "people": [{"role": "deputy", "number": 3}, {"role": "resident", "number": 2}],
            "made_at": (now - timedelta(hours=5)).isoformat(),
            "findings": [{"note": note, "photographs": [_sha256(note)]} for note in texts.FINDINGS],
        }
        self._party.post("projects", f"/supervision/topics/{self.topic_id}/inspections", inspection)

    def _opine(self, _: datetime) -> None:
        """Of two clauses; the first takes up what the deputy suggested, who may rate its answer."""
        clauses = [
            {"id": _clause(number), "text": clause.text, "unit": unit}
            | ({"suggestion_id": _own_id("suggestion")} if number == 0 else {})
            for number, (clause, unit) in enumerate(zip(texts.OPINION, self._units, strict=True))
        ]
        self._party.post("projects", f"/supervision/topics/{self.topic_id}/opinions", {"clauses": clauses})

    def _hand_over(self, _: datetime) -> None:
        for number, unit in enumerate(self._units):
            self._take(self._party, number, "hand-over", unit=unit)

    def _reply(self, now: datetime) -> None:
        """Without the day that its class needs the answer is refused; then it promises a day, and little else."""
        bureau, office = (self._interfaces.as_role(f"department:{unit}") for unit in self._units)
        signed = _signed(now)
        try:
            self._take(bureau, 0, "reply", **texts.UNDATED, **signed)
        except Refused as refusal:
            if not refusal.errors:
                raise
            self.refused = dict(refusal.errors[0])
        year_ends = date(now.year, 12, 31).isoformat()
        self._take(bureau, 0, "reply", **texts.VAGUE, **signed, on=year_ends)
        self._take(office, 1, "reply", **texts.SOLVED, **signed, on=now.date().isoformat())

    def _rate(self, now: datetime) -> None:
        self._take(self._deputy, 0, "rating", **DISPLEASED)
        self._take(self._party, 1, "rating", **PLEASED)

    def _reply_better(self, now: datetime) -> None:
        bureau = self._interfaces.as_role(f"department:{self._units[0]}")
        promised = (now + PROMISED_IN).date().isoformat()
        self._take(bureau, 0, "reply", **texts.BETTER, **_signed(now), on=promised)

    def _rate_again(self, now: datetime) -> None:
        """The promise of the first clause is followed; the second is seen to be done."""
        self._take(self._deputy, 0, "rating", **PLEASED)
        self._take(self._party, 1, "carried-out", on=now.date().isoformat(), note=texts.CARRIED_OUT)

    def _end(self, issued_on: date, _: datetime) -> None:
        """The supervisors find what was promised carried out, and close the topic."""
        self._take(self._party, 0, "carried-out", on=issued_on.isoformat(), note=texts.CARRIED_OUT)
        self._party.step(
            "projects",
            f"/supervision/topics/{self.topic_id}",
            "closing",
            {"reason": texts.CARRIED_OUT},
            wanted=lambda seen: seen["state"] != "closed",
        )

    def _take(self, person: Person, number: int, step: str, **body: Any) -> None:
        """A step with a clause as it is now."""
        sheet = self._party.get("projects", f"/supervision/topics/{self.topic_id}")
        version = next(one["version"] for one in sheet["opinions"] if one["clause_id"] == _clause(number))
        person.post("projects", f"/supervision/clauses/{_clause(number)}/{step}", {"version": version, **body})


def _signed(now: datetime) -> dict[str, str]:
    """The paper that the unit's head signed."""
    return {"signed_on": now.date().isoformat(), "signature": _sha256(f"signed {now.date()}")}


def _clause(number: int) -> str:
    return _own_id("clause", str(number))


def _own_id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "|".join(("supervision of sheds", *parts))))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
