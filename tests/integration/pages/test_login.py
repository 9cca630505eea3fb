"""Who gets in, what a login is good for, and what other sites can make of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.chassis.web.identity import SESSION_COOKIE
from tests.integration.applications import issuer
from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import Projects, Site, form_token

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_the_login_leads_back_to_the_page_that_was_asked_for(intake: tuple[Intake, Site]) -> None:
    site = intake[1]
    browser = site.visitor()
    turned_away = browser.get("/pages/inbox?state=settled")
    assert turned_away.status_code == 303
    login = browser.get(turned_away.headers["location"])
    assert "请先登录" in login.text
    (onward,) = re.findall(r'name="next" value="([^"]+)"', login.text)
    form = {"csrf": form_token(browser), "token": f" Bearer {issuer().mint('wang', ['hub'])}\n", "next": onward}
    answer = browser.post("/pages/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/pages/inbox?state=settled")
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION_COOKIE)]
    assert {"HttpOnly", "SameSite=strict", "Path=/pages"} <= set(cookie.split("; "))
    (lifetime,) = re.findall(r"Max-Age=(\d+)", cookie)
    assert 8 * 3600 - 60 < int(lifetime) <= 8 * 3600
    assert browser.get("/pages/inbox").status_code == 200
    browser.post("/pages/logout", data={"csrf": form_token(browser)})
    assert browser.get("/pages/inbox").status_code == 303


def test_in_production_the_cookies_need_tls(intake: tuple[Intake, Site]) -> None:
    site = intake[1]
    site.app.state.secure_cookies = True
    try:
        assert "Secure" in site.visitor().get("/pages/login").headers["set-cookie"]
    finally:
        site.app.state.secure_cookies = False  # the application is shared


def test_an_address_that_is_no_page_gets_a_page_that_says_so(intake: tuple[Intake, Site], projects: Projects) -> None:
    for site in (intake[1], projects.site):
        for path in ("/pages/nope", "/pages/nope/further?x=1"):
            answer = site.visitor().get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
            assert "没有这个页面" in answer.text


def test_a_filter_that_cannot_be_read_is_named_in_words(intake: tuple[Intake, Site]) -> None:
    assert "<li>自</li>" in intake[1].person("hub").open("/pages/indicators?from=&to=2026-07-01", 422)


def test_guessing_tokens_is_slowed_down(intake: tuple[Intake, Site]) -> None:
    browser = intake[1].visitor("192.0.2.66")
    form = {"csrf": form_token(browser), "token": "guessed"}
    statuses = [browser.post("/pages/login", data=form).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert "retry-after" in browser.post("/pages/login", data=form).headers


@pytest.mark.parametrize(
    ("token", "said"),
    [("not a token", "令牌未被接受"), ("", "令牌未被接受"), ("x" * 5000, "令牌过长"), (None, "登录已到期")],
)
def test_a_token_that_is_not_accepted_is_refused_in_words(
    intake: tuple[Intake, Site], token: str | None, said: str
) -> None:
    site = intake[1]
    browser = site.visitor()
    expired = issuer().mint("wang", ["hub"], hours=-1)
    form = {"csrf": form_token(browser), "token": expired if token is None else token}
    answer = browser.post("/pages/login", data=form)
    assert answer.status_code == 401
    assert said in answer.text
    assert SESSION_COOKIE not in browser.cookies


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/pages//evil.example", "/metrics"])
def test_a_login_leads_to_our_pages_alone(intake: tuple[Intake, Site], elsewhere: str) -> None:
    site = intake[1]
    browser = site.visitor()
    form = {"csrf": form_token(browser), "token": issuer().mint("wang", ["hub"]), "next": elsewhere}
    assert browser.post("/pages/login", data=form).headers["location"] == "/pages/inbox"


def test_the_cookie_counts_below_pages_alone_and_the_header_outranks_it(intake: tuple[Intake, Site]) -> None:
    site = intake[1]
    browser = site.person("hub").browser
    cookie = {"Cookie": f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"}
    assert site.visitor().get("/tickets", headers=cookie).status_code == 401
    assert site.visitor().get("/pages/inbox", headers=cookie).status_code == 200
    another = {"Authorization": f"Bearer {issuer().mint('li', ['identity-reader'])}"}
    assert browser.get("/pages/inbox", headers=another).status_code == 403


def _pages(site: Site) -> list[tuple[str, str]]:
    """(method, path) of every page."""
    found = []
    for route in site.app.routes:
        for one in [route, *getattr(getattr(route, "original_router", None), "routes", ())]:
            path = getattr(one, "path", "")
            if path.startswith("/pages"):
                found += [(method, path) for method in getattr(one, "methods", ())]
    return found


@pytest.fixture(params=["intake", "projects"])
def site(request: pytest.FixtureRequest) -> Site:
    stand: Any = request.getfixturevalue(request.param)
    return stand.site if isinstance(stand, Projects) else stand[1]


def test_every_page_is_guarded_and_every_form_is_checked_to_be_ours(site: Site) -> None:
    pages = _pages(site)
    assert len(pages) > 8
    person = site.person("hub").browser
    for method, template in pages:
        path = re.sub(r"\{\w+\}", NOBODY, template)
        if path in ("/pages", "/pages/login", "/pages/{address:path}"):  # open to anybody
            continue
        if method == "POST":
            assert person.post(path, data={"csrf": "guessed"}).status_code == 403, path
            assert person.post(path).status_code == 403, path
        if path != "/pages/logout":
            browser = site.visitor()
            answer = browser.request(method, path, data={"csrf": form_token(browser)} if method == "POST" else None)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/pages/login"), path
    assert not [path for path in site.app.openapi()["paths"] if path.startswith("/pages")]


def test_a_page_fetches_nothing_runs_nothing_and_is_not_kept(site: Site) -> None:
    answer = site.visitor().get("/pages/login")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|<link|<img|src=|https?://", answer.text)


def test_the_language_is_remembered(site: Site) -> None:
    browser = site.visitor()
    assert '<html lang="zh-CN">' in browser.get("/pages/login").text
    assert "Access token" in browser.get("/pages/login?lang=en").text
    assert '<html lang="en">' in browser.get("/pages/login").text
    assert '<html lang="en">' in browser.get("/pages/login?lang=%3Cscript%3E").text


def test_the_bare_address_leads_to_the_pages(intake: tuple[Intake, Site], projects: Projects) -> None:
    for site, home in ((intake[1], "/pages/inbox"), (projects.site, "/pages/hot-issues")):
        browser = site.visitor()
        pages = browser.get("/")
        assert (pages.status_code, pages.headers["location"]) == (303, "/pages")
        assert browser.get("/pages").headers["location"] == home
