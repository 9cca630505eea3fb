"""demo/news.py, screen.py: what has just happened is said in sentences, once, and the time that remains."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from rich.console import Console

from demo.clockwork import BEGIN, midnight
from demo.news import DECIDED, ISSUE, KEPT, News
from demo.observer import Hop, Snapshot
from demo.screen import NEWS_SHOWN, picture, plain_lines, remaining
from services.contracts.department_events import CaseNotice, HotIssueNotice, ProjectNotice, StandardNotice
from services.contracts.hot_issue_events import DecisionKind
from services.contracts.ticket_events import Place

DAY = date(2023, 3, 7)
PLACE = Place(estate="xinxiang", estate_name="新乡小区")


def hot_issue(stage: str, callers: int = 12, **more: Any) -> HotIssueNotice:
    return HotIssueNotice(
        version=1,
        delivery_id=uuid4(),
        department="housing",
        hot_issue_id=str(uuid4()),
        stage=stage,
        type_code="MJ01",
        place=PLACE,
        lead="housing",
        callers=callers,
        decide_by=midnight(BEGIN),
        **more,
    )


def project(state: str) -> ProjectNotice:
    return ProjectNotice(
        version=4,
        delivery_id=uuid4(),
        department="housing",
        project_id=str(uuid4()),
        state=state,
        place=PLACE,
        lead="housing",
    )


def texts(news: News) -> list[str]:
    return [item.text for item in news.items]


def test_a_case_and_its_measures_are_news_once() -> None:
    news = News()
    case = CaseNotice(
        version=1,
        delivery_id=uuid4(),
        department="housing",
        case_id=str(uuid4()),
        stage="typical_case.proposed.v1",
        type_code="XQ05",
        state="proposed",
        lead="housing",
    )
    measures = StandardNotice(
        version=3,
        delivery_id=uuid4(),
        department="housing",
        standard_id=str(uuid4()),
        stage="standard.issued.v1",
        state="issued",
        lead="housing",
        title="车棚办法",
        adopt_by=DAY,
    )
    for message in (case, case, case.model_copy(update={"state": "withdrawn", "version": 2}), measures, measures):
        news.message(message, DAY)
    first, second = texts(news)
    assert "a typical case is proposed" in first
    assert "车棚办法. The eight sub-districts adopt them by 2023-03-07." in second


def test_news_name_the_number_of_what_they_tell_of() -> None:
    news = News()
    news.message(hot_issue("hot_issue.cure_started.v1", number="R23-00042-5"), DAY)
    news.message(project("started").model_copy(update={"number": "W23-00042-1"}), DAY)
    assert texts(news) == [
        "新乡小区: work on roof leakage begins. (R23-00042-5)",
        "Repair project in 新乡小区: works start. (W23-00042-1)",
    ]


def test_a_hot_issue_is_news_in_words() -> None:
    news = News()
    news.message(hot_issue("hot_issue.confirmed.v1"), DAY)
    news.message(hot_issue("hot_issue.decided.v1", decision=DecisionKind.PROJECT), DAY)
    news.message(project("need"), DAY)
    news.message(project("started"), DAY + timedelta(days=90))
    assert texts(news) == [
        "12 residents of 新乡小区 call about roof leakage: a hot issue, the hub must decide.",
        "The hub decides on roof leakage in 新乡小区: a repair project.",
        "Repair project in 新乡小区: works start.",
    ]
    assert [item.day for item in news.items] == [DAY, DAY, DAY + timedelta(days=90)]


@pytest.mark.parametrize("stage", ISSUE)
def test_every_stage_has_a_whole_sentence(stage: str) -> None:
    news = News()
    news.message(hot_issue(stage), DAY)
    (text,) = texts(news)
    assert text.endswith(".")
    assert "新乡小区" in text
    assert "{" not in text


def test_every_decision_has_a_sentence() -> None:
    assert set(DECIDED) == set(DecisionKind)


def test_a_fact_that_several_departments_hear_of_is_news_once() -> None:
    news, message = News(), hot_issue("hot_issue.confirmed.v1")
    news.message(message, DAY)
    news.message(message.model_copy(update={"department": "urban-operation", "delivery_id": uuid4()}), DAY)
    assert len(texts(news)) == news.count == 1


def test_only_an_unusual_number_of_calls_is_news() -> None:
    news = News()
    for number in (2, 12, 10, 14, 12, 11, 242, 11):
        news.calls(number, DAY)
    assert texts(news) == ["242 residents call within a few days, far more than usual."]


class Watched:
    """An observer of a play that has only news."""

    def __init__(self, news: News) -> None:
        self.news = news

    def snapshot(self, now: Any) -> Snapshot:
        hops = [Hop("calls received", 4, 1.5)]
        return Snapshot(now, 40, list(self.news.items), hops, [], [], {"housing": 3}, {"housing": 1})


def test_without_a_terminal_each_news_is_a_line_and_so_is_every_twentieth_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    news = News()
    observer: Any = Watched(news)
    with plain_lines(observer) as show:
        news.message(hot_issue("hot_issue.confirmed.v1"), DAY)
        show(midnight(DAY), 0.01)
        show(midnight(DAY), 0.02)
        show(midnight(DAY), 1.0)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "2023-03-07  12 residents of 新乡小区 call about roof leakage: a hot issue, the hub must decide."
    assert lines[1] == "2023-03-07  100%, 0:00 left  calls: 40, hot issues: 0, repair projects: 0"
    assert len(lines) == 2


def test_no_news_is_lost_or_repeated_between_two_steps(capsys: pytest.CaptureFixture[str]) -> None:
    news = News()
    observer: Any = Watched(news)
    with plain_lines(observer) as show:
        for number in range(KEPT + 20):
            news.message(hot_issue("hot_issue.confirmed.v1"), DAY + timedelta(days=number))
            show(midnight(DAY), 0.01)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(set(lines)) == KEPT + 20


def test_the_screen_shows_the_newest_first_and_keeps_its_height() -> None:
    news = News()
    console = Console(width=120, record=True, file=StringIO())
    heights = []
    for number in range(NEWS_SHOWN + 3):
        news.message(hot_issue("hot_issue.confirmed.v1", callers=number + 5), DAY)
        console.print(picture(Watched(news).snapshot(midnight(DAY)), 0.25, "1:30"))
        shown = console.export_text()
        heights.append(len(shown.splitlines()))
    assert len(set(heights)) == 1
    assert "25%, 1:30 left" in shown
    assert shown.index(f"{NEWS_SHOWN + 7} residents") < shown.index("8 residents of")


def test_what_remains_is_reckoned_from_what_has_passed() -> None:
    assert remaining(30, 0.25) == "1:30"
    assert remaining(60, 1.0) == "0:00"
