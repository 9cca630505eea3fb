"""The one-time links in messages, and the state of a ticket by its code: for callers, without a login."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select

from demo.sms_gateway import SmsGatewayStandIn
from services.intake.domain.links import CODE_SIGNS, status_code_of, token_hash
from services.intake.store.links import SqlLinks
from services.intake.store.telling_tables import link_answers, links
from tests.harness.app_client import AppClient
from tests.integration.intake.conftest import CALLER_KEY, Intake
from tests.integration.intake.following import asked, follow_ups, stages
from tests.integration.intake.settling import ANSWER, HOUSING, PLANNED, take
from tests.integration.intake.telling import RULES, send_all, sender_to, stopped, tell

PUBLIC = "https://12345.hongkou.example"
_ADDRESSES = count(1)


def anybody(intake: Intake, **headers: str) -> TestClient:
    """A browser without a token, at an address of its own."""
    return AppClient(intake.app, headers=headers, client=(f"10.0.0.{next(_ADDRESSES)}", 1))


def linked(intake: Intake, gateway: SmsGatewayStandIn, url: str, ticket_id: str, **more: Any) -> str:
    """The path of the link in the message that the ticket's caller got."""
    telling = tell(intake, ticket_id, facts={"what": "已修好。", "asks": True}, **more)
    send_all(intake, sender_to(intake, url, links=SqlLinks(CALLER_KEY, PUBLIC, RULES)))
    found = re.search(rf"{PUBLIC}(/r/[\w-]+=*)", gateway.messages[telling]["text"])
    assert found, gateway.messages
    return found[1]


def settled(intake: Intake, result: dict[str, Any] = ANSWER) -> str:
    ticket_id = intake.file(caller={"name": "王小美", "phone": "13812345678"})
    intake.classify(ticket_id)
    settle(intake, ticket_id, result)
    return ticket_id


def settle(intake: Intake, ticket_id: str, result: dict[str, Any] = ANSWER) -> None:
    assert take(intake, ticket_id, "settlement", HOUSING, subject="plumber", **result).status_code == 200


def outcomes(intake: Intake) -> list[tuple[str, str]]:
    with intake.workshop.engine.connect() as connection:
        query = select(link_answers.c.said, link_answers.c.outcome).order_by(link_answers.c.at)
        return [tuple(row) for row in connection.execute(query)]  # type: ignore[misc]


def test_a_grade_by_the_link_is_the_callers_word_and_archives_the_ticket(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    ticket_id = settled(intake)
    path = linked(intake, gateway, url, ticket_id)
    page = anybody(intake).get(path)
    assert page.status_code == 200
    assert "满意" in page.text
    assert "王小美" not in page.text
    said = anybody(intake).post(path, data={"said": "yes", "satisfaction": "very satisfied"})
    assert said.status_code == 200, said.text
    shown = intake.show(ticket_id)
    assert (shown["state"], shown["caller_solved"], shown["satisfaction"]) == ("archived", True, "very satisfied")
    assert [one["actor"] for one in shown["history"] if one["step"] == "visit"] == ["caller"]
    assert outcomes(intake) == [("solved; very satisfied", "counted")]


def test_a_link_that_is_used_again_changes_nothing(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    path = linked(intake, gateway, url, settled(intake))
    assert anybody(intake).post(path, data={"said": "yes"}).status_code == 200
    before = intake.rows()
    for said in ("yes", "no", "stop"):
        again = anybody(intake).post(path, data={"said": said})
        assert again.status_code == 200
        assert "谢谢" in again.text
    assert "谢谢" in anybody(intake).get(path).text
    assert intake.rows() == before


def test_opening_a_link_changes_nothing(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    ticket_id = settled(intake)
    path = linked(intake, gateway, url, ticket_id)
    version, before = intake.show(ticket_id)["version"], intake.rows()
    for _ in range(3):
        assert anybody(intake).get(path).status_code == 200
        anybody(intake).head(path)
    assert intake.rows() == before
    assert intake.show(ticket_id)["version"] == version


def test_still_not_solved_has_the_unit_do_it_again(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    ticket_id = settled(intake)
    assert anybody(intake).post(linked(intake, gateway, url, ticket_id), data={"said": "no"}).status_code == 200
    shown = intake.show(ticket_id)
    assert (shown["state"], shown["caller_solved"], shown["redos"]) == ("redo", False, 1)


def test_where_the_unit_itself_says_not_solved_the_ticket_is_archived_with_the_callers_word(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    ticket_id = settled(intake, PLANNED)
    anybody(intake).post(linked(intake, gateway, url, ticket_id), data={"said": "no", "satisfaction": "dissatisfied"})
    shown = intake.show(ticket_id)
    assert (shown["state"], shown["caller_solved"], shown["satisfaction"]) == ("archived", False, "dissatisfied")


def test_after_the_next_redo_an_older_link_is_answered_clearly_and_kept_with_its_cause(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    ticket_id = settled(intake)
    older = linked(intake, gateway, url, ticket_id)
    assert take(intake, ticket_id, "visit", caller_solved=False, redo="还在漏").status_code == 200
    settle(intake, ticket_id)
    version = intake.show(ticket_id)["version"]
    answer = anybody(intake).post(older, data={"said": "yes"})
    assert answer.status_code == 200
    assert "正在重新办理" in answer.text
    assert intake.show(ticket_id)["version"] == version
    assert outcomes(intake) == [("solved", "older round")]
    newer = linked(intake, gateway, url, ticket_id)
    assert anybody(intake).post(newer, data={"said": "yes"}).status_code == 200
    assert intake.show(ticket_id)["state"] == "archived"


def test_what_a_clerk_has_entered_meanwhile_stands(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    ticket_id = settled(intake)
    path = linked(intake, gateway, url, ticket_id)
    assert take(intake, ticket_id, "visit", caller_solved=True).status_code == 200
    version = intake.show(ticket_id)["version"]
    assert "此前已经记录" in anybody(intake).post(path, data={"said": "no"}).text
    assert intake.show(ticket_id)["version"] == version
    assert outcomes(intake) == [("not solved", "already answered")]


def test_an_answer_to_the_question_after_the_works_is_the_follow_ups(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    issue, (solved, unsolved) = asked(intake, 1, 2)
    persons = {one["ticket_id"]: one for one in follow_ups(intake)}
    callers = caller_refs(intake)
    paths = [
        linked(intake, gateway, url, one, hot_issue_id=issue.id, person=callers[one]) for one in (solved, unsolved)
    ]
    assert "问题解决了吗" in anybody(intake).get(paths[0]).text
    assert len(persons) == 2
    for path, said in zip(paths, ("yes", "no"), strict=True):
        assert anybody(intake).post(path, data={"said": said}).status_code == 200
    assert sorted(stages(intake)) == ["not solved", "solved"]
    (goes_on,) = [one["continued_by"] for one in follow_ups(intake) if one["continued_by"]]
    assert intake.show(goes_on)["continues"] == unsolved


def caller_refs(intake: Intake) -> dict[str, str]:
    from services.intake.store.tables import tickets

    with intake.workshop.engine.connect() as connection:
        return dict(connection.execute(select(tickets.c.id, tickets.c.caller_ref)).all())  # type: ignore[arg-type]


def test_a_follow_up_that_began_a_new_round_counts_no_answer_to_the_old_question(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    from tests.integration.intake.following import take as happen

    issue, (ticket_id,) = asked(intake, 1)
    path = linked(intake, gateway, url, ticket_id, hot_issue_id=issue.id, person=caller_refs(intake)[ticket_id])
    happen(intake, issue.becomes("reopened"))
    assert anybody(intake).post(path, data={"said": "yes"}).status_code == 200
    assert outcomes(intake) == [("solved", "older round")]
    assert stages(intake) == ["reopened"]


def test_stop_is_kept_for_the_person(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    ticket_id = settled(intake)
    path = linked(intake, gateway, url, ticket_id)
    assert "不再向您发送通知" in anybody(intake).post(path, data={"said": "stop"}).text
    person = caller_refs(intake)[ticket_id]
    with intake.workshop.open() as work:
        assert stopped(work, [person, "somebody else"]) == {person}
    assert intake.show(ticket_id)["state"] == "settled"


def _statements(intake: Intake, ask: Any) -> tuple[int, list[str]]:
    """(status, the statements that the answer took)"""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(intake.workshop.engine, "before_cursor_execute", note)
    try:
        answer = ask()
    finally:
        event.remove(intake.workshop.engine, "before_cursor_execute", note)
    return answer.status_code, [answer.text, *seen]


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_changed_expired_and_erased_links_cannot_be_distinguished(
    intake: Intake, gateway: SmsGatewayStandIn, url: str, method: str
) -> None:
    erased, expired = settled(intake), settled(intake)
    of_erased, of_expired = (linked(intake, gateway, url, one) for one in (erased, expired))
    changed = of_expired[:-1] + ("A" if of_expired[-1] != "A" else "B")
    with intake.workshop.engine.begin() as connection:
        token = of_expired.removeprefix("/r/")
        connection.execute(
            links.update().where(links.c.token_hash == token_hash(token)).values(expires_at=intake.clock.now())
        )
    intake.execute("DELETE FROM vault_keys")
    more = {"data": {"said": "yes"}} if method == "post" else {}
    before = intake.rows()

    def ask(path: str) -> Any:
        return getattr(anybody(intake), method)(path, **more)

    seen = [_statements(intake, lambda path=path: ask(path)) for path in ("/r/unknown", changed, of_expired, of_erased)]
    assert seen[0][0] == 404
    for path_of, one in zip(("changed", "expired", "erased"), seen[1:], strict=True):
        assert one[0] == 404, path_of
        assert [re.sub('/r/[^?"]*', "", text) for text in one[1]] == [
            re.sub('/r/[^?"]*', "", text) for text in seen[0][1]
        ], path_of
    assert intake.rows() == before


def test_a_link_works_for_thirty_days(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    path = linked(intake, gateway, url, settled(intake))
    intake.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert anybody(intake).get(path).status_code == 200
    intake.clock.advance(timedelta(seconds=1))
    assert anybody(intake).get(path).status_code == 404


def test_the_token_is_long_and_only_its_hash_is_kept(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    token = linked(intake, gateway, url, settled(intake)).removeprefix("/r/")
    assert len(token) * 6 >= 128
    with intake.workshop.engine.connect() as connection:
        row = connection.execute(select(links)).one()
    assert row.token_hash == token_hash(token)
    assert token not in str(row)


def test_the_pages_set_no_cookie_and_tell_nobody_their_address(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    path = linked(intake, gateway, url, settled(intake))
    for answer in (
        anybody(intake).get(path),
        anybody(intake).post(path, data={"said": "yes"}),
        anybody(intake).get(path),
        anybody(intake).get("/r/unknown"),
        anybody(intake).get("/status"),
    ):
        assert "set-cookie" not in answer.headers
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "noindex" in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_a_page_speaks_the_browsers_language_and_can_be_switched(
    intake: Intake, gateway: SmsGatewayStandIn, url: str
) -> None:
    path = linked(intake, gateway, url, settled(intake))
    english = anybody(intake, **{"accept-language": "en-GB,en;q=0.9,zh;q=0.5"})
    assert "Still not solved" in english.get(path).text
    assert "仍未解决" in english.get(f"{path}?lang=zh").text
    assert "仍未解决" in anybody(intake, **{"accept-language": "fr"}).get(path).text
    assert "Thank you" in anybody(intake).post(f"{path}?lang=en", data={"said": "yes"}).text


def test_a_form_without_a_choice_is_asked_for_again(intake: Intake, gateway: SmsGatewayStandIn, url: str) -> None:
    ticket_id = settled(intake)
    path = linked(intake, gateway, url, ticket_id)
    for sent in ({}, {"said": "perhaps"}, {"said": "yes", "satisfaction": "splendid"}):
        assert anybody(intake).post(path, data=sent).status_code == 422
    assert intake.show(ticket_id)["state"] == "settled"
    assert anybody(intake).post(path, data={"said": "yes"}).status_code == 200


def test_whoever_guesses_is_slowed_down(intake: Intake) -> None:
    guesser = anybody(intake)
    answers = [guesser.get(f"/r/{number}").status_code for number in range(12)]
    assert answers == [404] * 10 + [429] * 2
    assert guesser.post("/status", data={"number": "x", "code": "y"}).status_code == 429
    assert anybody(intake).get("/r/unknown").status_code == 404


def test_a_caller_sees_the_state_by_number_and_code_and_nothing_else(intake: Intake) -> None:
    ticket_id = settled(intake)
    code = status_code_of(CALLER_KEY, ticket_id)
    assert len(code) == 6
    assert set(code) <= set(CODE_SIGNS)
    assert not set("01OIL") & set(CODE_SIGNS)
    answer = anybody(intake).post("/status", data={"number": intake.show(ticket_id)["number"], "code": code.lower()})
    assert answer.status_code == 200
    assert "承办单位已答复" in answer.text
    for personal in ("王小美", "13812345678", "楼顶漏雨", "凉城", "housing", "房"):
        assert personal not in answer.text
    before = intake.rows()
    for read_out in (" ".join(code), f"{code[:3]}-{code[3:]}", "".join(chr(ord(sign) + 0xFEE0) for sign in code)):
        data = {"number": intake.show(ticket_id)["number"], "code": read_out}
        assert anybody(intake).post("/status", data=data).status_code == 200
    assert intake.rows() == before


def test_a_wrong_code_an_unknown_number_and_an_erased_caller_cannot_be_distinguished(intake: Intake) -> None:
    known, erased = settled(intake), intake.file(caller={"name": "李四", "phone": "13900001111"})
    intake.execute(f"DELETE FROM vault_keys WHERE id = (SELECT key_id FROM vault WHERE ticket_id = '{erased}')")  # noqa: S608
    code = status_code_of(CALLER_KEY, known)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    unknown = "11111111-1111-1111-1111-111111111111"
    asked_for = [
        {"number": intake.show(known)["number"], "code": wrong},
        {"number": unknown, "code": status_code_of(CALLER_KEY, unknown)},
        {"number": intake.show(erased)["number"], "code": status_code_of(CALLER_KEY, erased)},
        {"number": "x", "code": code},
    ]
    seen = [_statements(intake, lambda sent=sent: anybody(intake).post("/status", data=sent)) for sent in asked_for]
    assert {status for status, _ in seen} == {404}
    first, *others = [[re.sub('value="[^"]*"', "", text) for text in texts] for _, texts in seen]
    assert all(other == first for other in others)
