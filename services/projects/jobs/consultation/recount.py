"""`closedloop consultation verify`: recounts a record, and says in Chinese and English what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.projects.domain.consultation.verify import RecordFault, RecordFaultCode, Verified, verify
from services.projects.jobs.consultation.columns import CountRefused

_WORDS = {
    RecordFaultCode.NO_RECORD: ("不是完整的征询记录", "is no whole record of a consultation; export it again"),
    RecordFaultCode.CHANGED_PART: ("该户的面积、位置或权利人被改动", "area, place or head of this part was changed"),
    RecordFaultCode.CHANGED_ELECTORATE: ("业主名册被改动", "the electorate was changed"),
    RecordFaultCode.CHANGED_QUESTION: ("规则、事项或期限被改动", "rules, items or periods were changed"),
    RecordFaultCode.BROKEN_LINK: ("从这张票起链条断开", "the chain breaks at this ballot"),
    RecordFaultCode.BALLOTS_MISSING_OR_ADDED: ("票数与封存时不符", "ballots are missing or were added"),
    RecordFaultCode.INADMISSIBLE_BALLOT: ("这张票不应计入", "this ballot may not be counted"),
    RecordFaultCode.CANNOT_BE_COUNTED: ("无法计票", "it cannot be counted"),
    RecordFaultCode.DIFFERENT_RESULT: ("结果与重新计票不同", "the result differs from the recount"),
    RecordFaultCode.CHANGED_SEAL: ("封存值被改动", "the seal was changed"),
    RecordFaultCode.OTHER_SEAL: ("与公布的封存值不同", "it is not the seal that was published"),
}


@dataclass(frozen=True, slots=True)
class Recount:
    found: Verified

    @property
    def valid(self) -> bool:
        return not self.found.faults

    def lines(self) -> list[str]:
        """The first fault is where to look; what follows may come of it."""
        if not self.valid:
            return [_line(fault) for fault in self.found.faults]
        verdict = {True: "✓ 通过 passed", False: "✗ 未通过 not passed"}
        items = [f"  {verdict[one['passed']]}  {one['item']}" for one in self.found.result]
        return [f"重新计票一致 / The recount agrees: {self.found.ballots:,} 张票 ballots", *items]

    def data(self) -> dict[str, Any]:
        faults = [
            {"code": one.code.value, "where": one.where, "stated": one.stated, "found": one.found}
            for one in self.found.faults
        ]
        return {"valid": self.valid, "seal": self.found.seal, "ballots": self.found.ballots, "faults": faults}


def recount(file: Path, published_seal: str | None) -> Recount:
    """Raises CountRefused for a file that cannot be read."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CountRefused([f"{file}: cannot be read: {error.strerror or error}"]) from None
    return Recount(verify(content, published_seal))


def _line(fault: RecordFault) -> str:
    cn, en = _WORDS[fault.code]
    values = "" if fault.found is None else f": {fault.stated} ≠ {fault.found}"
    if fault.stated is None and fault.found is not None:
        values = f": {fault.found}"
    return f"{fault.code.value} {fault.where}: {cn} / {en}{values}"
