"""What cures achieved, and the pair of figures, as pages: in Chinese and English, for each reader's own share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from services.chassis.database.work import Workshop
from tests.integration.pages.conftest import Site
from tests.integration.pages.english import english_in
from tests.integration.projects.cures import FIRST_LOOK, ROOF, cured
from tests.integration.projects.register import callers_a_month
from tests.integration.projects.wired import served

ISSUE, OF_TYPE = f"/pages/hot-issues/{ROOF}", "/pages/effects/MJ01"


@pytest.fixture
def site(workshop: Workshop) -> Site:
    """A cure that was verified, after which complaints rose again."""
    district = cured(workshop)
    district.until(FIRST_LOOK)
    callers_a_month(workshop, "quyang-1", "2028-06", 3, 2)
    district.until(datetime(2028, 9, 10, tzinfo=UTC))
    return Site(served(workshop))


def test_the_verdict_is_shown_with_its_numbers_in_the_reader_s_language(site: Site) -> None:
    hub = site.person("hub")
    shown = hub.open(ISSUE)
    for said in (
        "治理见效已验证",
        "同类型同年代对照小区12个",
        "每万平方米10.5 → 0.0",
        "安慰剂检验：12个对照小区中有0%看似下降",
        "对照太少，无从判断是否校准",
        "2028-06起反映又增多：当月2人",
        f'href="{OF_TYPE}"',
    ):
        assert said in shown, said
    assert hub.open("/pages/effects").count(OF_TYPE) == 1
    of_type = hub.open(OF_TYPE)
    assert ("同类问题合并认定" in of_type, "已验证" in of_type) == (True, True)
    for path in (ISSUE, "/pages/effects", OF_TYPE, "/pages/kpi"):
        assert english_in(hub.open(path)) <= {"as discussed on site"}, path
    assert "the cure is verified" in hub.open(f"{ISSUE}?lang=en")


def test_where_the_method_is_not_calibrated_the_page_says_so(site: Site, workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(
            text('UPDATE hot_issues SET judged = judged || \'{"calibrated": false, "placebo_share": 0.21}\'')
        )
    shown = site.person("hub").open(ISSUE)
    assert "21%看似下降" in shown
    assert "方法在本区数据上未校准，结论不宜采信" in shown


def test_the_pair_of_figures_is_drawn_and_downloaded_with_what_was_chosen(site: Site) -> None:
    lead = site.person("department:housing")
    shown = lead.open("/pages/kpi?from=2026-03-01&to=2027-02-28&type=MJ01&estate=quyang-1&sub_district=")
    assert "<svg" in shown
    assert "<title>2026-03: 12</title>" in shown
    file = lead.browser.get("/pages/kpi.csv?from=2026-03-01&to=2026-03-01&type=MJ01&estate=quyang-1")
    head, *_, last = file.content.decode("utf-8-sig").splitlines()
    assert (last, "started_floor_area_m2 (新开工面积（平方米）)" in head.split(",")) == ("2026-03,,,12,12,0", True)
    english = lead.browser.get("/pages/kpi.csv?from=2026-03-01&to=2026-03-01&lang=en").content.decode("utf-8-sig")
    assert english.startswith("period (quarter or month),projects (projects begun),")
    assert site.person("supervisor").open("/pages/kpi").count("<svg") == 1
    assert site.person("department:ecology").browser.get("/pages/kpi").status_code == 403
