"""Every page and form opens whatever of its facts is not known: each column that may be null is null."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Table, event, null, text, update

from services.chassis.database.work import Workshop
from services.intake.domain.steps import TicketState
from services.intake.store.inbox import STATES, Tab
from services.intake.store.tables import tickets
from services.projects.domain.consultation.course import ConsultationState
from services.projects.domain.hot_issue import IssueState
from services.projects.domain.works.repair_project import ProjectState
from services.projects.store.tables import metadata as metadata_of_projects
from tests.harness.consulting import note_opinion
from tests.harness.works import ROOF as WORKS_ROOF
from tests.harness.works import do, works
from tests.harness.workshops import Workshops
from tests.integration.intake.conftest import Intake
from tests.integration.intake.following import Issue
from tests.integration.intake.following import take as happen
from tests.integration.intake.settling import dispatched, take
from tests.integration.pages.conftest import NOW, Person, Projects, Site, with_three_issues
from tests.integration.projects.asking import ask
from tests.integration.projects.issues import ROOF
from tests.integration.projects.ruling import issued
from tests.integration.projects.supervising import Supervising
from tests.integration.projects.wired import REACHED, wired

LANGUAGES = ("zh", "en")
_FORM = re.compile(r'<form method="post" action="(/pages/[^"]+)"')
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_SHOWN_NULL = re.compile(r"\bNone\b|\bnull\b")
KEPT = {("attachments", "recording")}
"""One of this and `sha256` is there."""


def forget(workshop: Workshop, tables: Collection[Table]) -> None:
    """Makes every column null that may be."""
    with workshop.engine.begin() as connection:
        for table in tables:
            of_table = (column for column in table.columns if column.nullable and not column.computed)
            unknown = [column.name for column in of_table if (table.name, column.name) not in KEPT]
            if unknown:
                connection.execute(update(table).values(dict.fromkeys(unknown, null())))


def put(workshop: Workshop, *statements: str, **values: str) -> None:
    with workshop.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def page_paths(routers: Sequence[object]) -> set[str]:
    routes = (route for router in routers for route in router.routes if isinstance(route, APIRoute))  # type: ignore[attr-defined]
    paths = {route.path for route in routes if "GET" in (route.methods or ()) and route.path.startswith("/pages/")}
    return {path for path in paths if not path.endswith((".csv", ".json"))} - {"/pages/login", "/pages/{address:path}"}


def opened(person: Person, address: str) -> Iterator[str]:
    """The page in each language."""
    for language in LANGUAGES:
        html = person.open(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert not _SHOWN_NULL.search(html), address
        yield html


def try_forms(person: Person, html: str) -> None:
    """Sends each form of the page blank, and with an old version: it is refused on a page, or taken."""
    actions = {found for found in _FORM.findall(html) if not found.endswith("/logout")}
    token = _TOKEN.findall(html)[-1] if actions else ""
    for action in actions:
        for entered in ({}, {"version": "1"}):
            answer = person.browser.post(action, data={"csrf": token, **entered})
            assert answer.status_code < 500, (action, answer.text)
            assert not _SHOWN_NULL.search(answer.text), action


@pytest.fixture
def ticket(intake: tuple[Intake, Site]) -> str:
    """A settled ticket with all that belongs to one, and a hot issue. Nothing is known that may be unknown."""
    stand, _ = intake
    ticket_id = dispatched(stand)
    assert take(stand, ticket_id, "settlement", public_answer="已修好。", unit_solved=True).status_code == 200
    recording = {"purpose": "evidence", "recording": "records/260701/7"}
    assert stand.client("hub").post(f"/tickets/{ticket_id}/attachments", data=recording).status_code == 201
    issue = Issue()
    happen(stand, issue.becomes("confirmed"), issue.joined(ticket_id))
    forget(stand.workshop, tickets.metadata.sorted_tables)
    return ticket_id


INTAKE_PAGES: Mapping[str, Sequence[str]] = {
    "/pages/inbox": [f"/pages/inbox?tab={tab}" for tab in Tab],
    "/pages/tickets/{ticket_id}": ["/pages/tickets/{ticket_id}"],
    "/pages/texts": ["/pages/texts?id={ticket_id}"],
    "/pages/known-matters": ["/pages/known-matters"],
    "/pages/search": ["/pages/search", "/pages/search?q=凉城二村", "/pages/search?q=2607"],
    "/pages/calls": ["/pages/calls", "/pages/calls?occasion=contact", "/pages/calls?of=housing"],
    "/pages/callers": ["/pages/callers"],
    "/pages/caller-readings": ["/pages/caller-readings"],
    "/pages/catalogue": ["/pages/catalogue"],
    "/pages/catalogue/{type_code}": ["/pages/catalogue/MJ01", "/pages/catalogue/XQ01"],
    "/pages/indicators": ["/pages/indicators", "/pages/indicators?by=unit", "/pages/indicators?by=sub_district"],
    "/pages/handover": ["/pages/handover"],
    "/pages/bulletin": ["/pages/bulletin", "/pages/bulletin?period=week"],
}


def test_every_page_of_intake_is_opened_here(intake: tuple[Intake, Site]) -> None:
    stand, _ = intake
    downloads = {"/pages/tickets/{ticket_id}/attachments/{attachment_id}"}
    assert page_paths(stand.routers) == INTAKE_PAGES.keys() | downloads


@pytest.mark.parametrize("state", [TicketState.IN_REVIEW, TicketState.SETTLED])
def test_every_page_opens_with_a_ticket_of_which_nothing_is_known(
    intake: tuple[Intake, Site], ticket: str, state: TicketState
) -> None:
    stand, site = intake
    put(stand.workshop, "UPDATE tickets SET state = :state", state=state)
    hub = site.person("hub")
    for address in (one for pages in INTAKE_PAGES.values() for one in pages):
        assert len(list(opened(hub, address.format(ticket_id=ticket)))) == len(LANGUAGES)


@pytest.mark.parametrize("state", TicketState)
def test_a_ticket_of_which_nothing_is_known_opens_with_its_forms(
    intake: tuple[Intake, Site], ticket: str, state: TicketState
) -> None:
    stand, site = intake
    put(stand.workshop, "UPDATE tickets SET state = :state", state=state)
    tabs = [f"/pages/inbox?tab={tab}" for tab, states in STATES.items() if state in states]
    _open_with_forms(site.person("hub"), f"/pages/tickets/{ticket}", *tabs)
    assert stand.client("hub").get(f"/tickets/{ticket}").status_code == 200
    put(stand.workshop, "UPDATE tickets SET lead = 'housing', state = :state", state=state)
    _open_with_forms(site.person("department:housing"), f"/pages/tickets/{ticket}", *tabs, "/pages/handover")


def _open_with_forms(person: Person, *addresses: str) -> None:
    for address in addresses:
        *_, html = opened(person, address)
        try_forms(person, html)


def test_what_is_known_of_an_estate_opens_though_little_is(intake: tuple[Intake, Site], ticket: str) -> None:
    stand, site = intake
    put(
        stand.workshop,
        "UPDATE tickets SET estate = 'liangcheng-2', state = 'handling'",
        "UPDATE hot_issues SET estate = 'liangcheng-2'",
    )
    hub = site.person("hub")
    html = hub.open("/pages/known-matters")
    entered = {"csrf": _TOKEN.findall(html)[-1], "text": "凉城二村"}
    found = hub.browser.post("/pages/known-matters", data=entered)
    assert found.status_code == 200
    assert ticket in found.text
    assert not _SHOWN_NULL.search(found.text)
    try_forms(hub, found.text)


PROJECTS_PAGES: Mapping[str, Sequence[str]] = {
    "/pages/hot-issues": ["/pages/hot-issues", "/pages/hot-issues?area=MJ"],
    "/pages/hot-issues/{hot_issue_id}": [f"/pages/hot-issues/{ROOF}"],
    "/pages/search": ["/pages/search", "/pages/search?q=W26", "/pages/search?q=quyang"],
    "/pages/areas": [f"/pages/areas?by={by}" for by in ("estate", "sub_district", "type_code")],
    "/pages/bulletins": ["/pages/bulletins", "/pages/bulletins?period=2026-07&for=committee"],
    "/pages/bulletins/{period}": ["/pages/bulletins/2026-07", "/pages/bulletins/2026-07?for=310109010"],
    "/pages/effects": ["/pages/effects"],
    "/pages/kpi": ["/pages/kpi", "/pages/kpi?type=MJ01&estate=quyang-1"],
    "/pages/effects/{type_code}": ["/pages/effects/MJ01"],
    "/pages/projects": ["/pages/projects"],
    "/pages/projects/{project_id}": ["/pages/projects/{project_id}"],
    "/pages/projects/{project_id}/consultations": ["/pages/projects/{project_id}/consultations"],
    "/pages/consultations/{consultation_id}": ["/pages/consultations/{consultation_id}"],
    "/pages/projects/{project_id}/works": ["/pages/projects/{project_id}/works"],
    "/pages/projects/{project_id}/agreements": ["/pages/projects/{project_id}/agreements"],
    "/pages/projects/{project_id}/scheme": ["/pages/projects/{project_id}/scheme"],
    "/pages/projects/{project_id}/dossier": ["/pages/projects/{project_id}/dossier"],
    "/pages/projects/{project_id}/impacts": ["/pages/projects/{project_id}/impacts"],
    "/pages/projects/{project_id}/complaints": ["/pages/projects/{project_id}/complaints"],
    "/pages/warranty-visits": ["/pages/warranty-visits"],
    "/pages/projects/{project_id}/warranty-visits": ["/pages/projects/{project_id}/warranty-visits"],
    "/pages/menu": ["/pages/menu"],
    "/pages/projects/{project_id}/works/{item_id}": ["/pages/projects/{project_id}/works/{item_id}"],
    "/pages/estates": ["/pages/estates"],
    "/pages/estates/{estate_id}": ["/pages/estates/quyang-1"],
    "/pages/estates/{estate_id}/needs": ["/pages/estates/quyang-1/needs"],
    "/pages/needs": ["/pages/needs"],
    "/pages/needs/file": ["/pages/needs/file"],
    "/pages/plans": ["/pages/plans"],
    "/pages/plans/{plan_id}": ["/pages/plans/{plan_id}"],
    "/pages/cases": ["/pages/cases"],
    "/pages/cases/{case_id}": ["/pages/cases/{case_id}"],
    "/pages/standards": ["/pages/standards"],
    "/pages/standards/{standard_id}": ["/pages/standards/{standard_id}"],
    "/pages/standards/{standard_id}/rollout": ["/pages/standards/{standard_id}/rollout"],
    "/pages/supervision": ["/pages/supervision"],
    "/pages/supervision/{topic_id}": ["/pages/supervision/{topic_id}"],
}


@pytest.fixture
def project(projects: Projects) -> str:
    """Of the issue ROOF. Nothing is known of either that may be unknown."""
    return REACHED.reach(projects.district.workshop, "nothing is known", lambda: _of_which_nothing_is_known(projects))


def _of_which_nothing_is_known(projects: Projects) -> str:
    project_id: str = projects.district.decide(ROOF, kind="project")["project_id"]
    projects.district.advance(project_id, "listed")
    do(projects.district.hub, project_id, "items", items=[WORKS_ROOF])
    note_opinion(projects.district.hub, project_id)
    estate = {"id": "quyang-1", "name": "明月小区", "built": 1976}
    assert projects.district.hub.post("/estates/batch", json={"estates": [estate]}).status_code == 200
    ask(projects.district, "E16")
    assert projects.district.hub.post("/plans", json={"year": 2027, "budget_fen": 1}).status_code == 201
    case = projects.district.hub.post("/cases", json={"type_code": "MJ01", "hot_issues": [ROOF]})
    assert case.status_code == 201
    issued(projects.district)
    Supervising(projects.district).handed_over()
    forget(projects.district.workshop, metadata_of_projects.sorted_tables)
    return project_id


def test_every_page_of_projects_is_opened_here(projects: Projects) -> None:
    workshop = projects.district.workshop
    assert page_paths(wired(workshop).routes(workshop)) == PROJECTS_PAGES.keys()


def addresses(projects: Projects, project: str) -> dict[str, str]:
    """By each address of PROJECTS_PAGES, the same with the ids of what there is."""
    (item,) = works(projects.district.hub, project)["items"]
    asked = projects.district.hub.get(f"/projects/{project}/consultations").json()["items"]
    (plan,) = projects.district.hub.get("/plans").json()["items"]
    (case,) = projects.district.hub.get("/cases").json()["items"]
    (standard,) = projects.district.hub.get("/standards").json()["items"]
    (topic,) = projects.district.hub.get("/supervision/topics").json()["items"]
    known = {
        "topic_id": topic["topic_id"],
        "case_id": case["case_id"],
        "standard_id": standard["standard_id"],
        "project_id": project,
        "item_id": item["item_id"],
        "consultation_id": asked[0]["consultation_id"],
        "plan_id": plan["plan_id"],
    }
    return {one: one.format(**known) for pages in PROJECTS_PAGES.values() for one in pages}


@pytest.fixture(scope="module")
def statements(workshops: Workshops) -> Mapping[str, str]:
    """By each address, what it and its forms ask of the database when every page has been opened once.

    A page that asks for none of the tables of a state says the same in every state: it needs no opening in each.
    """
    workshop = workshops.fresh("projects", NOW, "statements of pages")
    REACHED.begin(workshop, "empty")
    projects = with_three_issues(workshop)
    project = _of_which_nothing_is_known(projects)
    asked: list[str] = []
    found = {}
    hub = projects.site.person("hub")
    known = addresses(projects, project)
    event.listen(workshop.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    for address, filled in known.items():
        _open_with_forms(hub, filled)
        found[address] = "\n".join(asked)
        asked.clear()
    return found


def _open_all(projects: Projects, project: str, statements: Mapping[str, str], *tables: str) -> None:
    """What asks for one of these tables."""
    asks = re.compile(rf"\b({'|'.join(tables)})\b")
    filled = addresses(projects, project)
    _open_with_forms(projects.site.person("hub"), *(filled[one] for one in filled if asks.search(statements[one])))
    lead = projects.site.person("department:housing")
    _open_with_forms(lead, f"/pages/hot-issues/{ROOF}", f"/pages/projects/{project}")


def _everything_is(state: str, projects: Projects, *tables: str) -> None:
    put(projects.district.workshop, *(f"UPDATE {table} SET state = :state" for table in tables), state=state)  # noqa: S608


ISSUE_STATES = ("hot_issues", "hot_issue_history")
CONSULTATION_STATES = ("consultations", "consultation_steps")
PROJECT_STATES = ("repair_projects", "repair_project_history")


def test_most_pages_know_of_issues_and_projects(statements: Mapping[str, str]) -> None:
    knowing = [sum(table in asked for asked in statements.values()) for table in ("hot_issues", "repair_projects")]
    assert min(knowing) > len(statements) / 2


@pytest.mark.parametrize("state", IssueState)
def test_an_issue_of_which_little_is_known_opens_with_its_forms(
    projects: Projects, project: str, statements: Mapping[str, str], state: IssueState
) -> None:
    _everything_is(state, projects, *ISSUE_STATES)
    _open_all(projects, project, statements, *ISSUE_STATES)
    assert projects.district.issue(ROOF)["state"] == state


@pytest.mark.parametrize("state", ConsultationState)
def test_a_consultation_of_which_little_is_known_opens_with_its_forms(
    projects: Projects, project: str, statements: Mapping[str, str], state: ConsultationState
) -> None:
    _everything_is(state, projects, *CONSULTATION_STATES)
    _open_all(projects, project, statements, *CONSULTATION_STATES)


@pytest.mark.parametrize("state", ProjectState)
def test_a_project_of_which_little_is_known_opens_with_its_forms(
    projects: Projects, project: str, statements: Mapping[str, str], state: ProjectState
) -> None:
    _everything_is(state, projects, *PROJECT_STATES)
    _open_all(projects, project, statements, *PROJECT_STATES)
    assert projects.district.project(project)["state"] == state
