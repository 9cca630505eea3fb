"""The handover list, the bulletin and the indicators as people read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.ticket_events import Place, Satisfaction
from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Site

Stand = tuple[Intake, Site]
LEAD = "department:housing"
THEIRS = {"type_code": "SC01", "place": Place(sub_district="310109010")}


def take(stand: Intake, role: str, ticket: str, path: str, subject: str = "operator", **body: Any) -> None:
    version = stand.show(ticket)["version"]
    answer = stand.client(role, subject=subject).post(f"/tickets/{ticket}/{path}", json={"version": version, **body})
    assert answer.status_code == 200, answer.text


def filed(stand: Intake, **reading: Any) -> str:
    ticket = stand.file()
    stand.classify(ticket, **reading)
    return ticket


def a_week(stand: Intake) -> dict[str, str]:
    """One settled well, one late and open, one that waits for more time, one of others."""
    tickets = {"late": filed(stand), "well": filed(stand), "theirs": filed(stand, **THEIRS)}
    take(stand, LEAD, tickets["well"], "settlement", subject="li", public_answer="已修", unit_solved=True)
    take(stand, "hub", tickets["well"], "visit", caller_solved=True, satisfaction=Satisfaction.SATISFIED)
    stand.clock.advance(timedelta(days=9))
    tickets["waiting"] = filed(stand)
    take(stand, LEAD, tickets["waiting"], "assignee", person="zhao")
    take(stand, LEAD, tickets["waiting"], "extension", note="配件未到")
    return tickets


def test_the_handover_shows_a_unit_what_is_its_own(intake: Stand) -> None:
    stand, site = intake
    tickets = a_week(stand)
    html = site.person(LEAD).open("/pages/handover")
    breached, waiting = html.index("已超期 <span"), html.index("延期待批")
    assert tickets["late"] in html[breached:waiting]
    assert tickets["waiting"] in html[waiting:]
    assert "zhao" in html
    assert tickets["theirs"] not in html
    assert tickets["theirs"] in site.person("hub").open("/pages/handover?hours=168")
    assert "请求有误" in site.person("hub").open("/pages/handover?hours=0", 422)
    site.person("subdistrict:310109016").open("/pages/handover", 403)


@pytest.mark.parametrize("period", ["day", "week"])
def test_the_bulletin_counts_its_days(intake: Stand, period: str) -> None:
    stand, site = intake
    a_week(stand)
    stand.file()  # of which nothing is known yet
    hub = site.person("hub")
    first = hub.open(f"/pages/bulletin?period={period}&date=2026-07-01")
    new = first[first.index("<h2>新受理") :]
    assert new[: new.index("</section>")].endswith('<p class="whole num">3</p>')
    assert "100.0%" in first
    assert "区房管局" in first
    for language in ("zh", "en"):
        hub.open(f"/pages/bulletin?period={period}&lang={language}")
    table = hub.browser.get(f"/pages/bulletin.csv?period={period}&date=2026-07-01")
    assert table.headers["content-type"].startswith("text/csv")
    assert "all,,3," in table.text
    site.person(LEAD).open("/pages/bulletin", 403)


@pytest.mark.parametrize("by", ["unit", "sub_district", "type", "kind", "month", "nonsense"])
def test_indicators_are_charted_with_what_they_are_made_of(intake: Stand, by: str) -> None:
    stand, site = intake
    a_week(stand)
    hub = site.person("hub")
    html = hub.open(f"/pages/indicators?by={by}&to=2026-07-31")
    on_time = html[html.index("<h2>按时办结率") : html.index("<h2>实际解决率")]
    assert '<b class="num">33.3%</b> <small class="num">1/3</small>' in on_time
    assert "另有1件未到期" in on_time
    assert on_time.count("<svg") >= 2
    assert "script" not in html
    assert "style=" not in html
    named = {"unit": "区房管局", "sub_district": "凉城新村街道", "type": "MJ01", "month": "2026-07"}
    assert named.get(by, "") in on_time
    assert "on_time,0.3333,1,3" in hub.browser.get("/pages/indicators.csv?by=month").text
    assert 'lang="en"' in hub.open(f"/pages/indicators?by={by}&lang=en")


def test_a_department_sees_its_own_figures_alone(intake: Stand) -> None:
    stand, site = intake
    a_week(stand)
    unit = site.person(LEAD)
    html = unit.open("/pages/indicators")
    assert '<b class="num">50.0%</b> <small class="num">1/2</small>' in html
    assert "区市场监管局" not in html
    unit.open("/pages/indicators?of=market", 403)
    unit.open("/pages/indicators.csv?of=market", 403)
    assert "请求有误" in unit.open("/pages/indicators?from=2026-07-02&to=2026-07-01", 422)
