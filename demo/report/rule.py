"""The chapter on the rule: one class of problems as a head of department, a deputy and a resident see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from demo.clockwork import ZONE
from demo.report.chapters import times_reopened, where
from demo.report.scale import day_of
from demo.report.stages import STATES, Issue
from demo.rule.account import Account
from services.contracts.departments import departments
from services.contracts.districts import sub_districts

Words = tuple[str, str]
CAUSES: Mapping[str, Words] = {
    "process": ("流程", "process"),
    "design": ("设计", "design"),
    "construction": ("施工", "construction"),
    "management": ("管理", "management"),
    "rule_gap": ("制度空白", "no rule"),
}
CASE: Mapping[str, Words] = {
    "proposed": ("已提出", "proposed"),
    "withdrawn": ("已撤回", "withdrawn"),
    "chosen": ("已选定", "chosen"),
    "analysed": ("已查明原因", "analysed"),
    "pilot": ("先行试点", "in its pilot"),
    "closed": ("已结案", "closed"),
}
STANDINGS: Mapping[str, Words] = {
    "adopted": ("现行版本", "in force here"),
    "older": ("旧版本", "older version"),
    "exempt": ("豁免中", "exempt"),
    "unknown": ("检查过期", "check overdue"),
    "planned": ("未采纳", "not yet adopted"),
}
STATES_OF_CLAUSES: Mapping[str, Words] = {
    "given": ("已提出", "given"),
    "handed_over": ("已交办", "handed over"),
    "returned": ("已退回", "returned"),
    "replied": ("已答复", "answered"),
    "redo": ("重新办理", "to be answered again"),
    "tracking": ("跟踪承诺", "promise followed"),
    "carried_out": ("已落实", "carried out"),
    "not_possible": ("暂不能解决", "not possible now"),
    "withdrawn": ("已撤回", "withdrawn"),
}
SAYS: Mapping[str, Words] = {
    "bureau": ("部门", "bureau"),
    "sub_district": ("街道", "sub-district"),
    "deputy": ("代表", "deputy"),
    "resident": ("居民", "resident"),
}
CONTENT: Mapping[str, Words] = {
    "satisfied": ("满意", "satisfied"),
    "mostly": ("基本满意", "mostly satisfied"),
    "dissatisfied": ("不满意", "dissatisfied"),
}
FINDINGS: Mapping[str, Words] = {
    "verified": ("证实下降", "the fall is proven"),
    "worse": ("上升", "worse"),
    "not_shown_yet": ("尚未证实", "not shown yet"),
    "not_shown": ("未证实", "not shown"),
    "too_few": ("来电太少，无法判断", "too few calls to tell"),
    "counts_only": ("对照太少，只列数", "too few controls, counts alone"),
}
INDICATORS: Mapping[str, Words] = {
    "answered_in_time": ("按期答复", "answered in time"),
    "satisfied": ("满意", "satisfied"),
    "promises_kept": ("承诺兑现", "promises kept"),
}
NONE: Words = ("–", "–")


def rule(account: Account, hot_issues: Sequence[Issue]) -> dict[str, Any]:
    """`hot_issues` in full: those of the case are shown with what became of them."""
    case, standard = account.sheet["case"], account.sheet["standard"]
    edition = standard["editions"][0] if standard else None
    rollout = account.sheet["rollout"]
    return {
        "case_id": account.case_id,
        "standard_id": account.standard_id,
        "state": CASE[case["state"]],
        "estates": [_estate(one) for one in hot_issues if one["hot_issue_id"] in case["hot_issues"]],
        "places": len(case["sub_districts"]),
        "dates": _dates(account, edition),
        "causes": [_cause(one) for one in case["causes"]],
        "pilot": account.sheet["pilot_number"],
        "clauses": edition["content"]["clauses"] if edition else [],
        "title": standard["title"] if standard else None,
        "adopt_by": edition["adopt_by"] if edition else None,
        "heard": [_opinion(one) for one in account.opinions],
        "tally": [(*STANDINGS[name], count) for name, count in rollout["tally"].items()] if rollout else [],
        "places_shown": [_place(one, account) for one in rollout["items"]] if rollout else [],
        "effect": _effect(account.effect["verdict"]),
        "placebo": account.effect["placebo"],
        "suggestion": account.suggestion,
        "topic": _topic(account.topic) if account.topic else None,
        "indicators": _indicators(account.indicators),
        "month": edition["issued_at"][:7] if edition and edition["issued_at"] else None,
        "refused": account.refused,
        "called": _day(account.called) if account.called else None,
        "messages": [{"day": _day(one.at), "cn": one.cn, "en": one.en} for one in account.heard],
    }


def _estate(issue: Issue) -> dict[str, Any]:
    estate, place_en = where(issue)
    return {
        "number": issue["number"],
        "estate": estate,
        "place_en": place_en,
        "state": STATES[issue["state"]],
        "css": issue["state"].replace(" ", "-"),
        "effect": "–" if issue["before"] is None else f"{issue['before']} → {issue['after']}",
        "verdict": issue["verdict"],
        "reopened": times_reopened(issue),
    }


def _dates(account: Account, edition: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    case = account.sheet["case"]
    found: list[tuple[str | None, str, str]] = [
        (case["proposed_at"], "三个小区同类集中，系统提出典型案例", "one type in three estates: a case is proposed"),
        (case["pilot_accepted_at"], "试点工程验收", "the works of the pilot are accepted"),
        (edition["issued_at"] if edition else None, "办法发布", "the Measures are issued"),
        (case["closed_at"], "八个街道全部采纳，案例结案", "all eight have adopted them: the case is closed"),
    ]
    return [(day_of(at).isoformat(), cn, en) for at, cn, en in found if at]


def _cause(cause: Mapping[str, Any]) -> dict[str, Any]:
    (measure,) = cause["measures"]
    return {
        "kind": CAUSES[cause["kind"]],
        "what": cause["what"],
        "tickets": len(cause["tickets"]),
        "unit": _unit(measure["unit"]),
        "task": measure["what"],
        "due": measure["due"],
        "done_on": measure["done_on"] or "–",
        "late": bool(measure["done_on"] and measure["done_on"] > measure["due"]),
    }


def _opinion(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"who": SAYS[said["role"]], "words": said["words"], "adopted": said["adopted"], "why": said["why"]}


def _place(here: Mapping[str, Any], account: Account) -> dict[str, Any]:
    code = here["sub_district"]
    latest = {one["clause"]: one for one in sorted(here["checks"], key=lambda one: str(one["checked_on"]))}
    complaints = here["complaints"]
    return {
        "cn": sub_districts()[code].name_cn,
        "en": sub_districts()[code].name_en,
        "standing": STANDINGS[here["standing"]],
        "adopted_on": here["adopted_on"] or "–",
        "checks": len(here["checks"]),
        "good": sum(one["says"] == "satisfied" for one in latest.values()),
        "clauses": len(latest),
        "mended": sum(one["verdict"] == "not_satisfied" and not one["open"] for one in here["checks"]),
        "complaints": f"{complaints['before']} → {complaints['after']}" if complaints else "–",
        "rates": _rates(complaints),
        "days": complaints["days"] if complaints else "–",
        "late": account.late_notice_on if code == account.late else None,
        "exempt": code == account.exempt,
        "exempt_until": here["exempt_until"],
    }


def _rates(complaints: Mapping[str, Any] | None) -> str:
    """Per 10,000 m² and year."""
    if complaints is None or complaints["before_rate"] is None:
        return "–"
    return f"{complaints['before_rate']} → {complaints['after_rate']}"


def _effect(verdict: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {**verdict, "finding": FINDINGS.get(verdict["finding"], NONE)}


def _topic(topic: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "topic_id": topic["topic_id"],
        "title": topic["title"],
        "closed": topic["state"] == "closed",
        "inspections": [_inspection(one) for one in topic["inspections"]],
        "clauses": [_clause(one) for one in topic["opinions"]],
    }


def _indicators(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Of all units together."""
    of_all = next((one for one in items if one["unit"] is None), None)
    if of_all is None:
        return []
    return [(cn, en, f"{of_all[name]['part']} / {of_all[name]['whole']}") for name, (cn, en) in INDICATORS.items()]


def _inspection(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "day": _day(datetime.fromisoformat(one["made_at"])),
        "people": sum(group["number"] for group in one["people"]),
        "findings": [(found["note"], [photo[:12] for photo in found["photographs"]]) for found in one["findings"]],
    }


def _clause(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": one["number"],
        "text": one["text"],
        "unit": _unit(one["unit"]),
        "state": STATES_OF_CLAUSES[one["state"]],
        "agreed": one["agreed"],
        "carried_out_on": one["carried_out_on"] or "–",
        "course": list(_course(one)),
    }


def _course(one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each answer and below it what was said of it."""
    ratings = [*one["ratings"], None]
    for reply, rating in zip(one["replies"], ratings, strict=False):
        yield {
            "day": _day(datetime.fromisoformat(reply["answered_at"])),
            "reply_class": reply["reply_class"],
            "text": reply["text"],
            "on": reply["on"] or "–",
            "in_time": reply["in_time"],
            "kept": reply["kept"],
            "rated": CONTENT[rating["result"]] if rating else NONE,
            "why": rating["why"] if rating else None,
        }


def _unit(code: str) -> Words:
    known = departments()[code]
    return known.name_cn, known.name_en


def _day(at: datetime | date) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d}" if isinstance(at, datetime) else at.isoformat()
