"""The dispatch catalogue as the hub edits it."""

from __future__ import annotations

from typing import Any

from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Site

Stand = tuple[Intake, Site]
PAGE = "/pages/catalogue/MJ01"


def lead_of(stand: Intake, type_code: str = "MJ01", place: str | None = "310109016") -> Any:
    table = stand.client("hub").get("/catalogue").json()
    (row,) = (one for one in table["types"] if one["type_code"] == type_code)
    return next(one["lead"] for one in row["places"] if one["sub_district"] == place)


def test_a_change_is_tried_then_saved_with_its_reason(intake: Stand) -> None:
    stand, site = intake
    ticket = stand.file()
    stand.classify(ticket)
    hub = site.person("hub")
    assert "区房管局" in hub.open("/pages/catalogue")
    change = {"sub_district": "310109016", "lead": "fire", "co_handlers": ["housing", "market"], "reason": "职责调整"}
    tried = hub.send(PAGE, "dry-run", **change)
    assert tried.status_code == 200
    for said in ("区房管局改为区消防救援支队：1件", "尚未保存", "职责调整", ticket[:8]):
        assert said in tried.text
    assert lead_of(stand) == "housing"
    saved = hub.send(PAGE, "versions", of=tried.text, **change)
    assert saved.headers["location"] == f"{PAGE}?done=version"
    assert lead_of(stand) == "fire"
    assert lead_of(stand, place="310109010") == "housing"
    for language in ("zh", "en"):
        assert "职责调整" in hub.open(f"/pages/catalogue?lang={language}")
        hub.open(f"{PAGE}?done=version&lang={language}")
    assert stand.show(ticket)["lead"] == "housing"


def test_of_two_editors_the_later_is_refused_and_keeps_what_was_written(intake: Stand) -> None:
    stand, site = intake
    hub = site.person("hub")
    old = hub.open(PAGE)
    assert hub.send(PAGE, "versions", of=old, lead="fire", reason="甲").status_code == 303
    answer = hub.send(PAGE, "versions", of=old, lead="market", reason="我的理由")
    assert answer.status_code == 409
    assert "目录已是第1版" in answer.text
    assert "我的理由" in answer.text
    assert lead_of(stand) == "fire"


def test_a_change_without_a_unit_or_a_reason_is_named(intake: Stand) -> None:
    hub = intake[1].person("hub")
    answer = hub.send(PAGE, "versions", lead="fire")
    assert answer.status_code == 422
    assert "请写明理由" in answer.text
    assert "请选择单位" in hub.send(PAGE, "dry-run", reason="x").text
    assert "没有这条记录" in hub.open("/pages/catalogue/MJ99", 404)
    assert lead_of(intake[0]) == "housing"


def test_a_department_reads_and_the_hub_alone_edits(intake: Stand) -> None:
    stand, site = intake
    unit = site.person("department:market")
    assert 'name="reason"' not in unit.open(PAGE)
    form = site.person("hub").open(PAGE)
    token = unit.browser.cookies["closedloop_form"]
    for path in ("versions", "dry-run"):
        assert unit.send(PAGE, path, of=form, lead="fire", reason="x", csrf=token).status_code == 403
    assert lead_of(stand) == "housing"
    site.person("identity-reader").open("/pages/catalogue", 403)
