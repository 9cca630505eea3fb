"""The eight sub-districts adopt the Measures: six in time, one late, one after the day until which it is exempt."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.diary import Diary
from demo.interfaces import Interfaces
from demo.rule import texts
from services.contracts.department_events import StandardNotice
from services.contracts.districts import sub_districts
from services.contracts.event import Event

EXEMPT_FOR = timedelta(days=300)
FIRST_ADOPTS, EACH_LATER = timedelta(days=7), timedelta(days=6)
LATE_BY, CHECKED_AFTER, MENDED_AFTER = (timedelta(days=days) for days in (18, 40, 61))
"""After the last day to adopt."""
MEND_WITHIN = timedelta(days=30)
CHECKED_FOR = timedelta(days=720)
"""How long a check says something."""


class RollOut:
    """Plays the offices, and the bureau that checks them. `done` follows once all eight have adopted.

    `late`, `exempt`: the sub-districts that were. `late_notice_on`: when the office heard that it is late.
    """

    def __init__(self, interfaces: Interfaces, diary: Diary, done: Callable[[datetime], None]) -> None:
        self._interfaces = interfaces
        self._bureau = interfaces.as_role("department:housing")
        self._diary = diary
        self._done = done
        self._standard_id = ""
        self.late = self.exempt = ""
        self.late_notice_on: date | None = None

    def hear(self, department: str, message: Event, now: datetime) -> None:
        if isinstance(message, StandardNotice) and message.overdue and message.place and not self.late_notice_on:
            here = message.place.sub_district == self.late
            if here and department == sub_districts()[self.late].office:
                self.late_notice_on = now.date()

    def begin(self, standard_id: str, concerned: Collection[str], now: datetime, adopt_by: date) -> None:
        """`concerned`: the sub-districts of the case, which come first; the last of the others is exempt."""
        self._standard_id = standard_id
        codes = sorted(sub_districts(), key=lambda code: (code not in concerned, code))
        self.exempt, self.late = codes[-1], codes[-2]
        until = now + EXEMPT_FOR
        last = datetime.combine(adopt_by, now.timetz())
        self._diary.plan(now + FIRST_ADOPTS, partial(self._exempt, until.date()))
        for number, code in enumerate(codes[:-2]):
            self._diary.plan(now + FIRST_ADOPTS + number * EACH_LATER, partial(self._adopt, code))
        self._diary.plan(last + LATE_BY, partial(self._adopt, self.late))
        self._diary.plan(last + CHECKED_AFTER, partial(self._check, codes[:-1], finding=self.late))
        self._diary.plan(last + MENDED_AFTER, partial(self._mend, codes[:-1]))
        self._diary.plan(until + timedelta(days=7), self._last)

    def _exempt(self, until: date, _: datetime) -> None:
        self._do(self.exempt, "exemption", reason=texts.EXEMPTION, until=until.isoformat())

    def _adopt(self, code: str, now: datetime) -> None:
        trained = (now - timedelta(days=2)).date().isoformat()
        self._do(code, "adoption", f"department:{sub_districts()[code].office}", number=1, trained_on=trained)

    def _check(self, codes: Collection[str], now: datetime, finding: str | None = None) -> None:
        """Each clause at each of them; at `finding` the last clause is not satisfied."""
        versions = self._versions()
        for code in codes:
            for clause in texts.CLAUSES:
                bad = code == finding and clause == [*texts.CLAUSES][-1]
                mend = {"mend_by": (now + MEND_WITHIN).date().isoformat()} if bad else {}
                verdict, seen = ("not_satisfied", texts.FINDING) if bad else ("satisfied", texts.SEEN)
                self._note(code, clause, now, versions[code], verdict=verdict, evidence=seen, **mend)

    def _mend(self, codes: Collection[str], now: datetime) -> None:
        clause = [*texts.CLAUSES][-1]
        self._note(self.late, clause, now, self._versions()[self.late], verdict="satisfied", evidence=texts.MENDED)
        self._accept(codes)

    def _last(self, now: datetime) -> None:
        self._adopt(self.exempt, now)
        self._check([self.exempt], now)
        self._accept([self.exempt])
        self._done(now)

    def _accept(self, codes: Collection[str]) -> None:
        for code, version in self._versions().items():
            if code in codes:
                at = f"/standards/{self._standard_id}/rollout/{code}/acceptance"
                self._bureau.post("projects", at, {"version": version})

    def _note(self, code: str, clause: str, now: datetime, version: int, **other: Any) -> None:
        body = {
            "id": str(uuid5(NAMESPACE_URL, "|".join((self._standard_id, code, clause, now.date().isoformat())))),
            "sub_district": code,
            "version": version,
            "number": 1,
            "clause": clause,
            "method": "on_site",
            "checked_on": now.date().isoformat(),
            "valid_until": (now + CHECKED_FOR).date().isoformat(),
        }
        self._bureau.post("projects", f"/standards/{self._standard_id}/checks", body | other)

    def _do(self, code: str, act: str, role: str = "department:housing", **body: Any) -> None:
        at = f"/standards/{self._standard_id}/rollout/{code}/{act}"
        self._interfaces.as_role(role).post("projects", at, {"version": self._versions()[code], **body})

    def _versions(self) -> dict[str, int]:
        """Of the roll-out in each sub-district, as it is now."""
        items = self._bureau.get("projects", f"/standards/{self._standard_id}/rollout")["items"]
        return {one["sub_district"]: one["version"] for one in items}
