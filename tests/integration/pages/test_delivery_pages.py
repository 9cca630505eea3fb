"""The delivery log as people read it, in both languages: by right, by filter, page by page, and as CSV."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

import services.notifier.pages
from services.chassis.database.work import Workshop
from services.chassis.pages.speech import read_words
from services.contracts.registry import DEPARTMENT_EVENTS
from services.contracts.supervision_events import SupervisingParty
from services.notifier.domain.logged_delivery import LoggedChannel, LoggedStatus
from services.notifier.store.webhooks import WebhookStatus
from tests.integration.applications import clients_of
from tests.integration.notifier.events import dispatched, take, text_of
from tests.integration.notifier.subscribing import activate, subscribe
from tests.integration.pages.browser import CHROMIUM, WHY_NOT, Browser, served
from tests.integration.pages.conftest import Site, form_token, site_of_notifier
from tests.integration.pages.english import english_in
from tests.integration.pages.visiting import FETCHED, FITS, log_in

LOG = "/pages/deliveries"
HOUSING, FIRE = "department:housing", "department:fire"
NUMBER = "310109202607010017"


@pytest.fixture
def site(notifier: Workshop) -> Site:
    """Housing has a webhook that failed; ticket 1 was housing's, ticket 2 is fire's and waits for its text."""
    site = site_of_notifier(notifier)
    activate(notifier, subscribe(clients_of(site.app)("admin")))
    take(notifier, text_of(1), dispatched(1), dispatched(2, lead="fire"))
    run_sql(notifier, "UPDATE deliveries SET status = 'failed' WHERE channel = 'webhook'")
    run_sql(notifier, "UPDATE webhook_sendings SET due_at = NULL, failed_at = now(), error = 'answered 503'")
    with notifier.engine.begin() as connection:
        numbered = text("UPDATE deliveries SET number = :number WHERE recipient = :housing")
        connection.execute(numbered, {"number": NUMBER, "housing": HOUSING})
    return site


def run_sql(workshop: Workshop, statement: str) -> None:
    with workshop.engine.begin() as connection:
        connection.execute(text(statement))


def notify_officer(workshop: Workshop, status: str, cause: str | None = None, read: bool = False) -> None:
    message = uuid4()
    values = {"number": NUMBER, "type": "MJ01", "redos": 2, "lead": "housing", "sub_district": None, "estate": None}
    with workshop.engine.begin() as connection:
        officer = connection.execute(
            text(
                "INSERT INTO officers VALUES (:id, 'housing', 'leader', '陈主任', 'zh', true, now(), 'admin')"
                " ON CONFLICT (unit, post, name) WHERE active DO UPDATE SET active = true RETURNING officer_id"
            ),
            {"id": uuid4()},
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO officer_messages (message_id, officer_id, digest_key, window_start, number, urgent,"
                " rules_version, closes_at, not_before, status, channel, sent_at) VALUES (:message, :officer, :message,"
                " '2026-07-01Z', 0, false, 1, '2026-07-01Z', '2026-07-01Z', 'sent', 'wecom', '2026-07-01 01:00Z')"
            ),
            {"message": message, "officer": officer},
        )
        connection.execute(
            text(
                "INSERT INTO officer_notices (notice_id, officer_id, event_id, unit, subject_kind, subject_id, number,"
                " template, values, pressure, digest_key, rule, rule_version, caused_at, status, cause, message_id,"
                " read_at) VALUES (:notice, :officer, :notice, 'housing', 'ticket', :subject, :number, 'ticket-redo',"
                " CAST(:values AS jsonb), 'normal', 'k', 'r', 1, '2026-07-01Z', :status, :cause, :message, :read_at)"
            ),
            {
                "values": json.dumps(values),
                "notice": uuid4(), "officer": officer, "subject": str(uuid4()), "number": NUMBER, "status": status,
                "cause": cause, "message": message, "read_at": datetime(2026, 7, 1, 2, tzinfo=UTC) if read else None,
            },
        )  # fmt: skip


@pytest.mark.parametrize("role", ["hub", "admin", "supervisor"])
def test_the_whole_log_is_for_those_who_see_all(role: str, site: Site) -> None:
    html = site.person(role).open(LOG)
    assert html.count('<td data-name="对象">') == 3
    assert english_in(html) == set()


def test_a_unit_sees_its_own_alone(site: Site) -> None:
    html = site.person(HOUSING).open(LOG)
    assert html.count('data-name="对象"') == 2
    assert "消防" not in html.split('<form class="filter"')[1]
    site.person(HOUSING).open(f"{LOG}?department=fire", 403)
    assert site.person("department:market").open(LOG).count("暂无记录") == 1


@pytest.mark.parametrize("role", ["subdistrict:310109010", "identity-reader"])
def test_others_are_refused(role: str, site: Site) -> None:
    site.person(role).open(LOG, 403)


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (f"number={NUMBER[:6]}+{NUMBER[6:]}", 2),
        ("department=fire", 1),
        ("channel=webhook", 1),
        ("status=awaiting_text", 1),
        ("status=sent", 0),
        ("since=2026-01-01&until=2026-12-31", 3),
        ("since=2030-01-01", 0),
        ("until=2020-01-01", 0),
        ("department=housing&channel=topic&status=published", 1),
    ],
)
def test_it_is_narrowed_by_unit_number_way_state_and_time(asked: str, rows: int, site: Site) -> None:
    assert site.person("hub").open(f"{LOG}?{asked}").count('data-name="对象"') == rows


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("department=water", "单位：请从列表中选择"),
        ("channel=pigeon", "方式：请从列表中选择"),
        ("status=lost", "状态：请从列表中选择"),
        ("since=yesterday", "请写成 2026-07-01 的样子"),
        ("since=2026-07-02&until=2026-07-01", "早于起始日期"),
        ("cursor=x", "请从第一页重新打开"),
        (f"cursor={UUID(int=0)}", "翻页位置已失效"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(asked: str, why: str, site: Site) -> None:
    html = site.person("hub").open(f"{LOG}?{asked}", 422)
    assert why in html
    assert english_in(html) == set()


def test_an_officer_who_was_notified_stands_by_name_and_whether_it_was_read(notifier: Workshop, site: Site) -> None:
    notify_officer(notifier, "sent", read=True)
    notify_officer(notifier, "withheld", cause="quiet-hours")
    html = site.person("hub").open(f"{LOG}?channel=wecom")
    assert html.count("陈主任") == 2
    assert html.count("企业微信") > 2
    assert "2026年7月1日 10:00" in html
    assert html.count("未读") == 1
    assert html.count("第2次重办，由区房管局主办") == 2
    assert "陈主任" in site.person(HOUSING).open(LOG)
    assert "陈主任" not in site.person(FIRE).open(LOG)
    assert site.person("hub").open(f"{LOG}?lang=en&number={NUMBER}").count("陈主任") == 2


def test_pages_follow_each_other_across_all_sources(notifier: Workshop, site: Site) -> None:
    for _ in range(60):
        notify_officer(notifier, "sent")
    person = site.person("hub")
    first = person.open(f"{LOG}?department=housing")
    assert first.count('data-name="对象"') == 50
    (following,) = re.findall(r'href="\?([^"]*cursor=[^"]*)"', first)
    second = person.open(f"{LOG}?{following.replace('&amp;', '&')}")
    assert second.count('data-name="对象"') == 12


def test_what_failed_is_sent_again_by_its_unit_and_by_nobody_else(notifier: Workshop, site: Site) -> None:
    html = site.person(HOUSING).open(LOG)
    assert "对方返回503" in html
    (action,) = {part.split('"')[0] for part in html.split('action="') if part.split('"')[0].endswith("redelivery")}
    assert "redelivery" not in site.person("hub").open(LOG), "the hub looks on"
    for role, status in (("hub", 403), (FIRE, 404), (HOUSING, 303)):
        browser = site.person(role).browser
        assert browser.post(action, data={"csrf": form_token(browser)}).status_code == status
    assert "已安排重新发送" in site.person(HOUSING).open(f"{LOG}?done=sent_again")
    assert "待发送" in site.person(HOUSING).open(f"{LOG}?channel=webhook")


def test_what_waits_can_be_sent_at_once_and_says_where_it_goes(notifier: Workshop, site: Site) -> None:
    run_sql(notifier, "UPDATE deliveries SET status = 'waiting' WHERE channel = 'webhook'")
    run_sql(notifier, "UPDATE webhook_sendings SET due_at = now() + interval '1 day', failed_at = NULL")
    run_sql(notifier, "UPDATE webhooks SET url = url || '?key=secret'")
    html = site.person(HOUSING).open(f"{LOG}?channel=webhook")
    assert "<code>hooks.example.com/12345</code>" in html
    assert "secret" not in html
    (action,) = {part.split('"')[0] for part in html.split('action="') if part.split('"')[0].endswith("redelivery")}
    browser = site.person(HOUSING).browser
    assert browser.post(action, data={"csrf": form_token(browser)}).status_code == 303
    with notifier.engine.connect() as connection:
        assert connection.execute(text("SELECT due_at <= now() FROM webhook_sendings")).scalar_one()


def test_a_webhook_in_trouble_is_shown_and_enabled_again(notifier: Workshop, site: Site) -> None:
    assert "有故障的推送地址" not in site.person(HOUSING).open(LOG)
    run_sql(
        notifier,
        "UPDATE webhooks SET status = 'disabled', disabled_because = 'gone', failing_since = now(), resume_at = NULL,"
        " error = 'answered 410'",
    )
    html = site.person(HOUSING).open(LOG)
    assert "对方返回410" in html
    assert "推送地址" not in site.person(FIRE).open(LOG).split('<form class="filter"')[0]
    (action,) = {part.split('"')[0] for part in html.split('action="') if part.split('"')[0].endswith("enabling")}
    browser = site.person(HOUSING).browser
    assert browser.post(action, data={"csrf": form_token(browser)}).headers["location"] == f"{LOG}?done=webhook_enabled"
    with notifier.engine.connect() as connection:
        assert connection.execute(text("SELECT resume_at IS NOT NULL FROM webhooks")).scalar_one()


def test_the_log_as_csv_has_the_same_rows_and_no_formula(notifier: Workshop, site: Site) -> None:
    notify_officer(notifier, "sent")
    run_sql(notifier, "UPDATE officers SET name = '=1+1'")
    answer = site.person(HOUSING).browser.get(f"{LOG}.csv?channel=&department=")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "'=1+1" in answer.text
    assert "fire" not in answer.text


def test_the_search_of_the_head_leads_to_the_log(site: Site) -> None:
    answer = site.person("hub").browser.get(f"/pages/search?q={NUMBER}")
    assert answer.headers["location"] == f"{LOG}?number={NUMBER}"


def test_every_message_way_and_state_has_words() -> None:
    words = read_words([Path(services.notifier.pages.__file__).parent / "words.yaml"])
    for key in (
        *(f"message.{event.type}" for event in DEPARTMENT_EVENTS),
        *(f"way.{way}" for way in LoggedChannel),
        *(f"told.{state}" for state in LoggedStatus),
        *(f"webhook.{status}" for status in WebhookStatus),
        *(f"party.{party}" for party in SupervisingParty),
    ):
        assert key in words


@pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)
def test_it_fits_a_desk_and_a_telephone_and_fetches_nothing(notifier: Workshop, site: Site, tmp_path: Path) -> None:
    notify_officer(notifier, "sent", read=True)
    run_sql(notifier, "UPDATE webhooks SET failing_since = now(), error = 'answered 503'")
    browser = Browser(tmp_path)
    try:
        with served(site.app) as address:
            log_in(browser, address, HOUSING)
            assert "送达记录" in browser.text
            for width in (1280, 390):
                browser.size(width, 900)
                browser.open(f"{address}{LOG}?department=housing")
                assert browser.see(FITS), width
                assert browser.see(FETCHED) == 0
    finally:
        browser.close()
