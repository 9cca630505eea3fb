"""A count in words for an official, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.projects.domain.consultation.admission import ItemOnBallot
from services.projects.domain.consultation.ballots import SetAsideReason
from services.projects.domain.consultation.counting import SilenceEffect
from services.projects.domain.consultation.electorate import Level, weight
from services.projects.domain.consultation.record import ConsultationVote
from services.projects.domain.consultation.result import DecidedBy, DecidedItem, Judged, Outcome
from services.projects.domain.consultation.rules import Comparison, Condition, CountBy, Counted, Denominator
from services.projects.jobs.consultation.parts import metres

LISTED = 20
_COUNTING = {
    DecidedBy.CAST: ("按实际投票", "by ballots cast"),
    DecidedBy.WITH_SILENCE: ("计入已送达未反馈票", "with delivered ballots that were not answered"),
}
_SILENCE = {
    SilenceEffect.NO_RULE: (
        "规则不计未反馈票，第二种计法仅供参考",
        "the rule does not count silence; the second counting is for information",
    ),
    SilenceEffect.NOT_WARNED: (
        "表决票未载明后果，不得计入",
        "the ballots did not say what silence means, so it is not counted",
    ),
    SilenceEffect.NOBODY_SILENT: ("没有已送达未反馈的票", "no ballot was delivered and left without an answer"),
    SilenceEffect.NO_MAJORITY: (
        "人数与面积的多数不一致或没有多数，不得计入",
        "heads and area have no majority in common, so silence is not counted",
    ),
    SilenceEffect.APPLIED: ("未反馈票随多数", "silent ballots follow the majority"),
}
_LEVEL = {
    Level.ESTATE: ("全小区", "estate"),
    Level.BUILDING: ("本幢", "building"),
    Level.HALLWAY: ("本单元", "hallway"),
}
_COUNTED = {Counted.TAKING_PART: ("参与", "taking part"), Counted.AGREEING: ("同意", "agreeing")}
_OVER = {Denominator.ALL: ("全体", "all"), Denominator.PARTICIPANTS: ("参与者", "those taking part")}
_BY = {
    CountBy.AREA: ("面积", "area"),
    CountBy.HEADS: ("人数", "heads"),
    CountBy.CONTRACTS: ("合同", "contracts"),
}
_MORE = {
    CountBy.AREA: ("还差{} m²", "{} m² more"),
    CountBy.HEADS: ("还差{}人", "{} owner{} more"),
    CountBy.CONTRACTS: ("还差{}份合同", "{} contract{} more"),
}
_REASON = {
    SetAsideReason.REPEATED: ("重复", "the same again"),
    SetAsideReason.HELD_BACK: (
        "与先投的不同，留待人工核实",
        "differs from the one that counts: held back for a person",
    ),
    SetAsideReason.OUTRANKED: ("另一种方式的票优先", "a ballot of another origin comes first"),
    SetAsideReason.INVALID_BESIDE_VALID: ("另有有效票", "there is a valid one"),
    SetAsideReason.AFTER_SALE: ("过户前的业主已投票", "the owner before the sale had voted"),
}


def in_words(vote: ConsultationVote, decided: Sequence[DecidedItem], rows: Sequence[int]) -> Iterator[str]:
    """Line by line."""
    whole = weight(vote.electorate.parts)
    yield (
        f"业主 / Electorate: {whole.parts:,} 户 parts, {whole.heads:,} 人 heads, {metres(whole.area)} m²; "
        f"{vote.electorate.hash[:16]}…"
    )
    for one in decided:
        yield ""
        yield from _item(vote.items[one.item], one, rows)


def _item(asked: ItemOnBallot, one: DecidedItem, rows: Sequence[int]) -> Iterator[str]:
    by_cn, by_en = _COUNTING[one.decided_by]
    verdict = ("通过", "passed") if one.passed else ("未通过", "not passed")
    where = "".join(f" {place}" for place in (asked.building, asked.hallway) if place)
    yield f"{one.item}{where} ({asked.rule.name} v{asked.rule.version}): {verdict[0]}（{by_cn}）/ {verdict[1]}, {by_en}"
    for deciding, outcome in ((DecidedBy.CAST, one.cast), (DecidedBy.WITH_SILENCE, one.with_silence)):
        yield from _outcome(deciding, outcome)
    cn, en = _SILENCE[one.silence]
    yield f"  已送达未反馈 / Silent: {one.silent} — {cn} / {en}"
    for level, weighed in one.weights.items():
        share = f"{metres(weighed.heaviest)} / {metres(weighed.area)} m²"
        yield f"  {'/'.join(_LEVEL[level])}: 面积最大的一人 / the largest owner holds {share}"
    for judged in one.deciding.judged:
        yield f"  {'✓' if judged.met else '✗'} {_judged(judged)}"
    for entry in one.set_aside[:LISTED]:
        row, counted = rows[entry.ballot.number - 1], rows[entry.counted.number - 1]
        cn, en = _REASON[entry.reason]
        yield f"  · 第{row}行不计，计第{counted}行：{cn} / row {row} does not count, row {counted} does: {en}"
    if len(one.set_aside) > LISTED:
        yield f"  · … {len(one.set_aside) - LISTED} 张 more"


def _outcome(deciding: DecidedBy, outcome: Outcome) -> Iterator[str]:
    cn, en = _COUNTING[deciding]
    for level, counting in outcome.by_level.items():
        heads, area = counting.heads, counting.area
        split = f"; 意见不一 split {counting.split_heads}" if counting.split_heads else ""
        yield (
            f"  {cn} / {en} ({'/'.join(_LEVEL[level])}): "
            f"参与 taking part {heads.taking_part}/{heads.all} 人 heads, "
            f"{metres(area.taking_part)}/{metres(area.all)} m²; "
            f"同意 agreeing {heads.agreeing} 人 heads, {metres(area.agreeing)} m²{split}"
        )


def _judged(one: Judged) -> str:
    rule = one.condition
    cn, en = condition_in_words(rule)
    shown = metres if rule.count is CountBy.AREA else str
    unit = " m²" if rule.count is CountBy.AREA else ""
    line = f"{rule.name}: {shown(one.have)} / {shown(one.of)}{unit}; {cn} / {en} [{rule.basis}]"
    if one.met:
        return line
    return f"{line}; {' / '.join(missing_in_words(one))}"


def missing_in_words(one: Judged) -> tuple[str, str]:
    """Of a condition that is not met, how much more it takes."""
    if one.missing is None or one.is_out_of_reach:
        return "未投票的全部同意也达不到", "out of reach, even if all agreed who have not voted"
    shown = metres if one.condition.count is CountBy.AREA else str
    plural = "" if one.missing == 1 else "s"
    more_cn, more_en = (text.format(shown(one.missing), plural) for text in _MORE[one.condition.count])
    return more_cn, more_en


def condition_in_words(rule: Condition) -> tuple[str, str]:
    share = f"{rule.num}/{rule.den}"
    most = rule.op is Comparison.MORE_THAN
    level, counted, over, by = (
        _LEVEL[rule.electorate],
        _COUNTED[rule.counted],
        _OVER[rule.denominator],
        _BY[rule.count],
    )
    cn = f"{level[0]}{counted[0]}{by[0]}须{'超过' if most else '达到'}{over[0]}的{share}"
    en = f"{counted[1]} of {level[1]} by {by[1]} must be {'above' if most else 'at least'} {share} of {over[1]}"
    return cn, en
