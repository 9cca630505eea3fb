"""Writing the report: the findings, judged, in one HTML file that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.calls import Call
from demo.evidence import Evidence
from demo.play import Script
from demo.report.chapters import chosen, days_to_proof, rows, story, title
from demo.report.charts import calls_a_month, kpi_pair
from demo.report.findings import Findings
from demo.report.issue_charts import ways
from demo.report.lives import lives
from demo.scene import Scene
from demo.truth import Judgement

LOOP = (
    ("居民来电", "residents call"),
    ("认出集中问题", "concentration is found"),
    ("决定", "somebody decides"),
    ("立项修缮", "repair project"),
    ("验收", "works accepted"),
    ("投诉下降", "complaints fall"),
    ("证实治愈", "cure is proven"),
)
FINDINGS_LISTED = 5


@dataclass(frozen=True, slots=True)
class Conclusion:
    """All that the report tells. `figures` is the demo's closing line, `seconds` how long it took in real time."""

    script: Script
    figures: dict[str, Any]
    findings: Findings
    evidence: Evidence
    judgement: Judgement
    calls: Sequence[Call]
    estates: int
    seconds: float
    lives: Sequence[tuple[Scene, Sequence[Mapping[str, Any]]]] = ()


def write(told: Conclusion, file: Path) -> None:
    """Overwrites `file`."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(environment.get_template("report.html.j2").render(_context(told)), encoding="utf-8")


def _context(told: Conclusion) -> dict[str, Any]:
    found, figures = told.findings, told.figures
    issue = chosen(found)
    names = {one["hot_issue_id"]: title(one) for one in found.hot_issues}
    return {
        "begin": found.begin.date(),
        "end": found.end.date(),
        "months_played": told.script.months,
        "estates": told.estates,
        "figures": figures,
        "tiles": _tiles(figures, days_to_proof(found)),
        "loop_steps": LOOP,
        "ways": ways(found.hot_issues, names, found.begin.date(), found.end.date()),
        "lives": lives(told.lives),
        "story": story(issue, found, told.calls) if issue else None,
        "calls_chart": calls_a_month(found.months),
        "kpi_chart": kpi_pair(found.quarters, found.months),
        "rows": rows(found),
        "people": _people(found),
        "checks": _checks(figures),
        "findings_listed": _listed(told),
        "seed": told.script.seed,
        "with_faults": told.script.with_faults,
        "with_cures": told.script.with_cures,
        "seconds": round(told.seconds),
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
            "en": "days to the proof, median",
            "mood": "",
        },
        {
            "figure": f"{figures['lost']} / {figures['duplicated']}",
            "cn": "丢失 / 重复",
            "en": "lost / doubled",
            "mood": "bad" if clean else "good",
        },
    ]


def _people(found: Findings) -> list[tuple[str, str, str]]:
    stages = sum(found.follow_ups.values(), start=Counter[str]())
    asked = {stage: stages[stage] for stage in ("solved", "not solved")}
    waiting = stages.total() - sum(asked.values()) - stages["ended"]
    on_time, solved = found.indicators["on_time"], found.indicators["solved"]
    return [
        ("按时办结", "tickets settled within their limit", _rate(on_time)),
        ("居民认为已解决（含工程后回访）", "solved by the caller's own word, then and later", _rate(solved)),
        ("回访跟进（来电人×热点问题）", "follow-ups: one for each caller and hot issue", str(stages.total())),
        ("工程后再问：真正解决", "asked after the works: solved", str(asked["solved"])),
        ("工程后再问：未解决，另开关联工单", "not solved: a linked ticket was opened", str(asked["not solved"])),
        ("等待工程或再问", "waiting for works, or to be asked", str(waiting)),
        ("已公开说明，不再跟进", "openly explained, and ended", str(stages["ended"])),
    ]


def _rate(told: dict[str, Any]) -> str:
    share = "–" if told["rate"] is None else f"{told['rate']:.1%}"
    return f"{share} ({told['numerator']:,} / {told['denominator']:,})"


def _checks(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        ("有病根却未被发现", "faults that were missed", f"{figures['missed']}"),
        ("无病根却报警", "alarms without a fault", f"{figures['false_alarms']}"),
        ("丢失的工单", "tickets lost, over all databases and topics", f"{figures['lost']}"),
        ("重复的工单", "tickets doubled", f"{figures['duplicated']}"),
        ("曾复发并重新打开", "problems that came back and were reopened", f"{figures['reopened']}"),
    ]


def _listed(told: Conclusion) -> list[str]:
    listed = [
        *(f"missed: {estate} {type_code}" for estate, type_code in told.judgement.missed),
        *(f"false alarm: {issue}" for issue in told.judgement.false_alarms),
        *(f"lost: {one}" for one in told.evidence.lost),
        *(f"doubled: {one}" for one in told.evidence.duplicated),
    ]
    more = len(listed) - FINDINGS_LISTED
    return listed[:FINDINGS_LISTED] + ([f"… and {more} more"] if more > 0 else [])
