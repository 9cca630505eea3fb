"""The texts of several tickets side by side, where a case's sheet leads: by intake's right, erased ones as such."""

from __future__ import annotations

from services.contracts.text_events import ERASED
from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Site
from tests.integration.pages.english import english_in

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def asked(*tickets: str) -> str:
    return "/pages/texts?" + "&".join(f"id={one}" for one in tickets)


def test_who_may_see_a_ticket_reads_its_text_and_others_see_how_many_are_not_theirs(
    intake: tuple[Intake, Site],
) -> None:
    stand, site = intake
    roof, lift = stand.file(text="楼顶漏雨，请来修"), stand.file(text="电梯困人")
    for ticket in (roof, lift):
        stand.classify(ticket)
    page = asked(roof, lift, UNKNOWN)
    for role in ("hub", "supervisor", "department:housing", "subdistrict:310109016"):
        html = site.person(role).open(page)
        assert ("楼顶漏雨" in html, "电梯困人" in html, "另有1件不在您的查看范围" in html) == (True, True, True), role
        assert f'href="/pages/tickets/{roof}"' in html
    for role in ("department:market", "subdistrict:310109010"):
        html = site.person(role).open(page)
        assert ("楼顶漏雨" in html, "另有3件不在您的查看范围" in html) == (False, True), role
    assert english_in(site.person("hub").open(page)) == set()
    site.person("deputy").open(page, 403)
    site.person("hub").open("/pages/texts", 422)
    assert "没有这条记录" in site.person("hub").open("/pages/texts?id=xyz", 404)


def test_an_erased_text_is_shown_as_erased(intake: tuple[Intake, Site]) -> None:
    stand, site = intake
    ticket = stand.file(text="楼顶漏雨，请来修")
    stand.classify(ticket)
    erased = stand.client("hub", "identity-reader").post(
        "/privacy/erasures", json={"erasure_id": UNKNOWN, "ticket_id": ticket, "reason": "本人申请"}
    )
    assert erased.status_code in (200, 201), erased.text
    html = site.person("hub").open(asked(ticket))
    assert ("楼顶漏雨" in html, ERASED in html) == (False, True)
