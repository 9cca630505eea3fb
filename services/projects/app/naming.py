"""What a person recognises a hot issue by: its title and one line that says what was found, in Chinese and English."""

from __future__ import annotations

from services.contracts.taxonomy import taxonomy
from services.projects.domain.detection import Level
from services.projects.domain.hot_issue import HotIssue, State
from services.projects.domain.months import ZONE

_FOUND_CN = {
    Level.EARLY_WARNING: "短期内多人反映，列为苗头",
    Level.SHORT_WINDOW: "短期内反映集中",
    Level.LONG_WINDOW: "一段时间内反映持续集中",
    Level.ABOVE_USUAL: "反映明显多于该处往常水平",
}
_FOUND_EN = {
    Level.EARLY_WARNING: "several callers within days: an early warning",
    Level.SHORT_WINDOW: "many callers within a short time",
    Level.LONG_WINDOW: "calls that go on for months",
    Level.ABOVE_USUAL: "many more callers than is usual there",
}


def titled(issue: HotIssue) -> dict[str, str]:
    """As 「凉城路1201弄 屋面渗漏水：30天内5人反映」, and when and by how many callers it was reported."""
    kind = taxonomy().types.get(issue.cell.type_code)
    place = issue.place.estate_name or issue.cell.estate
    matter, matter_en = (kind.name_cn, kind.name_en) if kind else (issue.cell.type_code, issue.cell.type_code)
    first, last = (moment.astimezone(ZONE).date() for moment in (issue.first_at, issue.last_at))
    standing = "" if issue.state is not State.WITHDRAWN else "（已撤销）"
    return {
        "title": f"{place} {matter}：{issue.window_days}天内{issue.window_callers}人反映",
        "title_en": f"{place}, {matter_en}: {issue.window_callers} callers within {issue.window_days} days",
        "summary": f"{first}至{last}，{issue.callers}人就{place}的“{matter}”反映{issue.calls}次："
        f"{_FOUND_CN[issue.level]}{standing}。",
        "summary_en": f"{issue.callers} callers, {issue.calls} calls about {matter_en} at {place} from {first} to "
        f"{last}: {_FOUND_EN[issue.level]}.",
    }
