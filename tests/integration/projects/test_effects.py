"""A type of problems in all its estates, and the service's verdicts by the code that judges anybody's counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.domain.months import Month
from services.projects.jobs.effect.counts import COLUMNS, read_counts
from services.projects.jobs.effect.judge_counts import judge_counts, rows
from services.projects.store.effect_counts import SqlCallerBook
from tests.integration.projects.cures import FIRST_LOOK, ROOF, cured
from tests.integration.projects.loop_of import District
from tests.integration.projects.register import CONTROLS, callers_a_month

ESTATES = ("quyang-1", "quyang-2", "jiaxing-1")
BEGIN, LAST = Month(2026, 7), Month(2028, 3)


@pytest.fixture
def district(workshop: Workshop) -> District:
    """Three estates with seven callers each before their cures, and one afterwards."""
    district = cured(workshop, *ESTATES, before=2)
    for estate in ESTATES:
        callers_a_month(workshop, estate, "2027-10", 1, 1)
    district.until(FIRST_LOOK)
    return district


def counts_of(workshop: Workshop) -> str:
    """What the service counted, as the file that `closedloop evaluate effect --counts` reads."""
    written = io.StringIO()
    out = csv.writer(written)
    out.writerow(COLUMNS)
    with workshop.open() as work:
        found = SqlCallerBook().callers(work, ["MJ01"], BEGIN, LAST)
    for estate in (*ESTATES, *CONTROLS):
        days = ("2026-07-01", "2027-03-10", "2027-03-10") if estate in ESTATES else ("", "", "")
        group = "treated" if estate in ESTATES else "control"
        for month in _months():
            out.writerow((estate, group, month, found.get(estate, {}).get(month, 0), "MJ01", *days))
    return written.getvalue()


def _months() -> Iterator[Month]:
    month = BEGIN
    while month <= LAST:
        yield month
        month = month.plus(1)


def test_the_same_counts_give_the_same_verdict_in_the_service_and_on_the_command_line(district: District) -> None:
    header, *lines = list(csv.reader(io.StringIO(counts_of(district.workshop))))
    judged = rows(judge_counts(read_counts(header, ((n, line, None) for n, line in enumerate(lines, 2)))))
    of_class = judged[-1]
    for row, estate in zip(judged, ESTATES, strict=False):
        own = district.issue(hot_issue_id(Cell(estate, "MJ01"), 0))["judged"]
        assert (row["estate"], row["verdict"], row["look_months"]) == (estate, own["finding"], own["look"])
        assert (row["callers_before"], row["callers_after"]) == (own["before"], own["after"]) == (14, 1)
        assert (row["ratio"], row["ratio_low_90"], row["p"]) == (own["left"], own["left_low"], own["p"])
        assert (row["controls_ratio"], row["tau_squared"]) == (own["controls_ratio"], own["tau_squared"])
        assert (row["placebo_share"], row["calibrated"]) == (own["placebo_share"], own["calibrated"])
    shown = district.hub.get("/effects/MJ01").json()["verdict"]
    assert (of_class["verdict"], of_class["estates"], of_class["controls"]) == ("verified", 3, 12)
    assert (shown["finding"], shown["left"], shown["p"]) == (of_class["verdict"], of_class["ratio"], of_class["p"])


def test_a_type_is_judged_over_its_estates_and_each_reader_lists_their_own(district: District) -> None:
    shown = district.hub.get("/effects/MJ01").json()
    assert shown["verdict"]["estates"] == 3
    assert shown["placebo"] == {"controls": 12, "share": 0.0, "calibrated": None}
    assert {one["hot_issue_id"] for one in shown["hot_issues"]} >= {ROOF}
    own = district.as_("subdistrict:310109014").get("/effects/MJ01").json()
    assert own["verdict"] == shown["verdict"]
    assert [one["place"]["estate"] for one in own["hot_issues"]] == ["jiaxing-1"]
    (row,) = district.as_("subdistrict:310109014").get("/effects").json()["types"]
    assert (row["type_code"], row["observing"] + row["verified"] + row["not_shown"]) == ("MJ01", 1)
    nothing = district.hub.get("/effects/MJ02").json()
    assert (nothing["verdict"], nothing["hot_issues"]) == (None, [])
    assert district.as_("identity-reader").get("/effects").status_code == 403
