"""Recounts a record and says what in it is not as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from services.projects.domain.consultation.admission import inadmissible
from services.projects.domain.consultation.ballots import VotedTwice
from services.projects.domain.consultation.chain import first_broken
from services.projects.domain.consultation.digests import digest
from services.projects.domain.consultation.electorate import BadElectorate
from services.projects.domain.consultation.record import begin_of, seal_of
from services.projects.domain.consultation.record_rows import ConsultationRecord
from services.projects.domain.consultation.result_facts import facts_of


class RecordFaultCode(StrEnum):
    NO_RECORD = "no_record"
    """Not JSON, cut short, or not of this shape."""
    CHANGED_PART = "changed_part"
    CHANGED_ELECTORATE = "changed_electorate"
    CHANGED_QUESTION = "changed_question"
    """Rules, items, opening or transfers are not those the ballots were given on."""
    BROKEN_LINK = "broken_link"
    BROKEN_SALE = "broken_sale"
    """A sale is not as it was entered."""
    BALLOTS_MISSING_OR_ADDED = "ballots_missing_or_added"
    INADMISSIBLE_BALLOT = "inadmissible_ballot"
    CANNOT_BE_COUNTED = "cannot_be_counted"
    DIFFERENT_RESULT = "different_result"
    CHANGED_SEAL = "changed_seal"
    OTHER_SEAL = "other_seal"
    """It is not the seal that was published."""


@dataclass(frozen=True, slots=True)
class RecordFault:
    """`where`: the part, the number of the ballot, or the field. `stated` stands in the file, `found` is right."""

    code: RecordFaultCode
    where: str
    stated: Any = None
    found: Any = None


@dataclass(frozen=True, slots=True)
class Verified:
    """`faults` in the order in which they were looked for; the first is where to look. `result`: as recounted."""

    faults: tuple[RecordFault, ...]
    seal: str | None
    ballots: int
    result: Sequence[Mapping[str, Any]]


def verify(content: bytes, published_seal: str | None = None) -> Verified:
    """Raises nothing: whatever is wrong with the content is a fault."""
    try:
        raw = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
        record = ConsultationRecord.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        return Verified((RecordFault(RecordFaultCode.NO_RECORD, where, found=first["msg"]),), None, 0, ())
    except (ValueError, RecursionError) as error:
        return Verified((RecordFault(RecordFaultCode.NO_RECORD, "the file", found=str(error)),), None, 0, ())
    faults = [*_changed_parts(raw), *_changed_ballots(raw)]
    result, different = _recounted(record, raw)
    faults += different
    meanwhile = {name: raw[name] for name in ("sales", "looked") if raw.get(name)}
    seal = seal_of(len(raw["ballots"]), _last(raw), raw["result"], meanwhile)
    if not faults and seal != raw["seal"]:
        faults.append(RecordFault(RecordFaultCode.CHANGED_SEAL, "seal", raw["seal"]["hash"], seal["hash"]))
    if published_seal is not None and raw["seal"]["hash"] != published_seal:
        faults.append(RecordFault(RecordFaultCode.OTHER_SEAL, "seal", raw["seal"]["hash"], published_seal))
    return Verified(tuple(faults), raw["seal"]["hash"], len(raw["ballots"]), result)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON silently takes the last of two equal keys."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _changed_parts(raw: Mapping[str, Any]) -> Iterator[RecordFault]:
    electorate = raw["electorate"]
    hashes = []
    for part in electorate["parts"]:
        hashes.append(digest([part[name] for name in ("id", "building", "hallway", "area", "head")]))
        if hashes[-1] != part["hash"]:
            yield RecordFault(RecordFaultCode.CHANGED_PART, part["id"], part["hash"], hashes[-1])
    if digest(hashes) != electorate["hash"]:
        yield RecordFault(RecordFaultCode.CHANGED_ELECTORATE, "electorate", electorate["hash"], digest(hashes))


def _changed_ballots(raw: Mapping[str, Any]) -> Iterator[RecordFault]:
    begin = begin_of(raw)
    if begin != raw["begin"]:
        yield RecordFault(RecordFaultCode.CHANGED_QUESTION, "begin", raw["begin"], begin)
    broken = first_broken(raw["ballots"], raw["begin"])
    if broken is not None:
        yield RecordFault(RecordFaultCode.BROKEN_LINK, str(broken))
    sale = first_broken(raw.get("sales") or (), raw["begin"])
    if sale is not None:
        yield RecordFault(RecordFaultCode.BROKEN_SALE, str(sale))
    stated, held = raw["seal"]["ballots"], len(raw["ballots"])
    if stated != held:
        yield RecordFault(RecordFaultCode.BALLOTS_MISSING_OR_ADDED, "seal.ballots", stated, held)
    elif broken is None and raw["seal"]["last"] != _last(raw):
        yield RecordFault(RecordFaultCode.BALLOTS_MISSING_OR_ADDED, "seal.last", raw["seal"]["last"], _last(raw))


def _recounted(record: ConsultationRecord, raw: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[RecordFault]]:
    try:
        vote = record.vote()
        refused = [
            RecordFault(RecordFaultCode.INADMISSIBLE_BALLOT, str(ballot.number), found=reason.value)
            for ballot, reason in inadmissible(vote.ballots, vote.electorate, vote.items, vote.opening)
        ]
        if refused:
            return [], refused
        result = [facts_of(one) for one in vote.decided()]
    except (BadElectorate, VotedTwice) as error:
        return [], [RecordFault(RecordFaultCode.CANNOT_BE_COUNTED, "the file", found=str(error))]
    except KeyError as error:
        return [], [RecordFault(RecordFaultCode.CANNOT_BE_COUNTED, "items", found=f"there is no rule {error}")]
    names = [str(one.get("item")) for one in raw["result"]]
    different = list(_differences(_by_item(raw["result"]), _by_item(result), ""))
    if not different and names != [one["item"] for one in result]:
        different = [RecordFault(RecordFaultCode.DIFFERENT_RESULT, "result", names, [one["item"] for one in result])]
    return result, different[:1]


def _by_item(result: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(one.get("item")): one for one in result}


def _differences(stated: Any, found: Any, path: str) -> Iterator[RecordFault]:
    if isinstance(stated, dict) and isinstance(found, dict):
        for name in [*found, *(one for one in stated if one not in found)]:
            yield from _differences(stated.get(name), found.get(name), f"{path}.{name}" if path else name)
    elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
        for place, (one, other) in enumerate(zip(stated, found, strict=True)):
            yield from _differences(one, other, f"{path}[{place}]")
    elif digest(stated) != digest(found):
        yield RecordFault(RecordFaultCode.DIFFERENT_RESULT, path, stated, found)


def _last(raw: Mapping[str, Any]) -> str:
    return str(raw["ballots"][-1]["hash"] if raw["ballots"] else raw["begin"])
