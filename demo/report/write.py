"""Writes the report: one self-contained HTML file with the findings and how they compare with the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.calls import Call
from demo.duty.account import Duty
from demo.evidence import Evidence
from demo.messages import Outcome
from demo.one_caller import Account
from demo.play import Script
from demo.report.chapters import chosen, days_to_proof, rows, story, title
from demo.report.charts import calls_a_month, kpi_pair
from demo.report.duty import duty
from demo.report.findings import Findings
from demo.report.issue_charts import timelines
from demo.report.lives import lives
from demo.report.one_caller import messages, one_caller
from demo.report.rule import rule
from demo.rule.account import Account as RuleAccount
from demo.scene import Scene
from demo.truth import Judgement

LOOP = (
    ("居民来电", "residents call"),
    ("认出集中问题", "a concentration is found"),
    ("决定", "a decision is made"),
    ("立项修缮", "repair project"),
    ("验收", "works are accepted"),
    ("投诉下降", "complaints fall"),
    ("证实治愈", "the cure is proven"),
)
FINDINGS_LISTED = 5


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Everything in the report. `figures` is the demo's last output line, `seconds` its real duration."""

    script: Script
    figures: dict[str, Any]
    findings: Findings
    evidence: Evidence
    judgement: Judgement
    calls: Sequence[Call]
    estates: int
    seconds: float
    lives: Sequence[tuple[Scene, Sequence[Mapping[str, Any]]]] = ()
    message_outcome: Outcome | None = None
    account: Account | None = None
    rule: RuleAccount | None = None
    duty: Duty | None = None


def write(conclusion: Conclusion, file: Path) -> None:
    """Overwrites `file`."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(environment.get_template("report.html.j2").render(_context(conclusion)), encoding="utf-8")


def _context(conclusion: Conclusion) -> dict[str, Any]:
    found, figures = conclusion.findings, conclusion.figures
    issue = chosen(found)
    names = {one["hot_issue_id"]: title(one) for one in found.hot_issues}
    return {
        "begin": found.begin.date(),
        "end": found.end.date(),
        "months_played": conclusion.script.months,
        "estates": conclusion.estates,
        "figures": figures,
        "tiles": _tiles(figures, days_to_proof(found)),
        "loop_steps": LOOP,
        "timelines": timelines(found.hot_issues, names, found.begin.date(), found.end.date()),
        "lives": lives(conclusion.lives),
        "one_caller": one_caller(conclusion.account),
        "messages": messages(conclusion.message_outcome) if conclusion.message_outcome else [],
        "rule": rule(conclusion.rule, found.hot_issues) if conclusion.rule else None,
        "duty": duty(conclusion.duty) if conclusion.duty else None,
        "story": story(issue, found, conclusion.calls) if issue else None,
        "calls_chart": calls_a_month(found.months),
        "kpi_chart": kpi_pair(found.quarters, found.months),
        "rows": rows(found),
        "people": _people(found),
        "checks": _checks(figures),
        "findings_listed": _listed(conclusion),
        "seed": conclusion.script.seed,
        "with_faults": conclusion.script.with_faults,
        "with_cures": conclusion.script.with_cures,
        "seconds": round(conclusion.seconds),
    }


def _tiles(figures: dict[str, Any], days: int | None) -> list[dict[str, str]]:
    clean = figures["lost"] + figures["duplicated"]
    return [
        {"figure": f"{figures['tickets']:,}", "cn": "来电", "en": "calls", "mood": ""},
        {"figure": f"{figures['hot_issues']}", "cn": "集中问题", "en": "concentrated problems", "mood": ""},
        {"figure": f"{figures['verified']}", "cn": "证实治愈", "en": "proven cured", "mood": "good"},
        {
            "figure": str(days or "–"),
            "cn": "天：首个来电至证实（中位数）",
            "en": "days from first call to proof, median",
            "mood": "",
        },
        {
            "figure": f"{figures['lost']} / {figures['duplicated']}",
            "cn": "丢失 / 重复",
            "en": "lost / duplicated",
            "mood": "bad" if clean else "good",
        },
    ]


def _people(found: Findings) -> list[tuple[str, str, str]]:
    stages = sum(found.follow_ups.values(), start=Counter[str]())
    asked = {stage: stages[stage] for stage in ("solved", "not solved")}
    waiting = stages.total() - sum(asked.values()) - stages["ended"]
    on_time, solved = found.indicators["on_time"], found.indicators["solved"]
    return [
        ("按时办结", "tickets settled within the limit", _rate(on_time)),
        ("居民认为已解决（含工程后回访）", "solved, according to the caller, including later answers", _rate(solved)),
        ("回访跟进（来电人×热点问题）", "follow-ups, one per caller and hot issue", str(stages.total())),
        ("工程后再问：真正解决", "asked after the works: really solved", str(asked["solved"])),
        (
            "工程后再问：未解决，另开关联工单",
            "asked after the works: not solved, new linked ticket",
            str(asked["not solved"]),
        ),
        ("等待工程或再问", "waiting for works or for the call back", str(waiting)),
        ("已公开说明，不再跟进", "explained publicly, follow-up ended", str(stages["ended"])),
    ]


def _rate(indicator: dict[str, Any]) -> str:
    share = "–" if indicator["rate"] is None else f"{indicator['rate']:.1%}"
    return f"{share} ({indicator['numerator']:,} / {indicator['denominator']:,})"


def _checks(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        ("有病根却未被发现", "faults missed", f"{figures['missed']}"),
        ("无病根却报警", "false alarms", f"{figures['false_alarms']}"),
        ("丢失的工单", "tickets lost, across all databases and topics", f"{figures['lost']}"),
        ("重复的工单", "tickets duplicated", f"{figures['duplicated']}"),
        ("曾复发并重新打开", "problems that came back and were reopened", f"{figures['reopened']}"),
    ]


def _listed(conclusion: Conclusion) -> list[str]:
    sent = conclusion.message_outcome
    listed = [
        *(f"missed: {estate} {type_code}" for estate, type_code in conclusion.judgement.missed),
        *(f"false alarm: {issue}" for issue in conclusion.judgement.false_alarms),
        *(f"lost: {one}" for one in conclusion.evidence.lost),
        *(f"duplicated: {one}" for one in conclusion.evidence.duplicated),
        *(f"message doubled: {one}" for one in (sent.doubled if sent else ())),
        *(f"message unexplained: {one}" for one in (sent.unexplained if sent else ())),
    ]
    more = len(listed) - FINDINGS_LISTED
    return listed[:FINDINGS_LISTED] + ([f"… and {more} more"] if more > 0 else [])
