"""Issues personal codes: each once, and again with a trace; the earlier code is then invalid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.chassis.commands import Conflict, Unfit
from services.chassis.database.work import Work
from services.projects.app.consultation.desk import ConsultationDesk
from services.projects.app.consultation.ports import ChainedSale, IssuedCode
from services.projects.app.works.desk import Who
from services.projects.domain.consultation.codes import Holder, code_hash, voting_code
from services.projects.domain.consultation.course import ISSUES_CODES
from services.projects.domain.consultation.electorate import Electorate, Part


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one holder. The code is known nowhere afterwards."""

    code: str
    parts: tuple[Part, ...]
    issue: int


@dataclass(frozen=True, slots=True)
class IssueCodes:
    desk: ConsultationDesk

    def issue(
        self, work: Work, consultation_id: str, part_ids: Collection[str], why: str | None, who: Who
    ) -> list[Slip]:
        """To everybody who has none yet; or with `why` once more, to the holders of these parts, to all if none is
        named.

        Raises Conflict before the notice and after voting, and Unfit for parts of nobody and without `why`.
        """
        sitting = self.desk.open(work, consultation_id, who)
        consultation, book = sitting.consultation, self.desk.book
        if consultation.state not in ISSUES_CODES:
            why = f"it is {consultation.state}; codes are issued from the notice until voting closes"
            raise Conflict(why, consultation.version, consultation.state)
        if part_ids and not why:
            raise Unfit("why", "is missing: say why their codes are issued again")
        electorate = book.electorate(work, consultation.id)
        for number, part_id in enumerate(part_ids):
            if part_id not in electorate:
                raise Unfit(f"parts.{number}", "is no part of those who may vote; correct it")
        sales = book.sales(work, consultation.id)
        known = book.codes(work, consultation.id)
        sold_at = {one.sale.part_id: one.sale.entered_at for one in sales}
        slips, issued = [], []
        for holder, parts in holders(electorate, sales).items():
            before = known.get(holder)
            valid = before is not None and (
                not holder.part_id or (before.at is not None and before.at >= sold_at[holder.part_id])
            )
            named = not part_ids or any(part.id in part_ids for part in parts)
            if not named or (valid and not why):
                continue
            issue = before.issue + 1 if before else 1
            code = voting_code(self.desk.keyed, consultation.id, holder, issue)
            slips.append(Slip(code, parts, issue))
            issued.append(IssuedCode(holder, issue, code_hash(self.desk.keyed, code), why if valid else None))
        book.keep_codes(work, consultation.id, issued, sitting.done)
        return slips


def holders(electorate: Electorate, sales: Sequence[ChainedSale]) -> dict[Holder, tuple[Part, ...]]:
    """Who votes for which parts now: each owner for those not sold, and for each sold one who bought it last."""
    sold = {one.sale.part_id for one in sales}
    found: dict[Holder, tuple[Part, ...]] = {}
    for part in electorate.parts:
        holder = Holder(part.head, part.id if part.id in sold else "")
        found[holder] = (*found.get(holder, ()), part)
    return dict(sorted(found.items()))
