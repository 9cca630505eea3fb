"""demo/report/one_caller.py: the story in its order, in both languages, and every message in the sum."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from demo.calls import Call
from demo.clockwork import BEGIN, midnight
from demo.messages import Outcome
from demo.one_caller import Account, CallerMessage
from demo.report.one_caller import CAUSES, OUTCOMES, messages, one_caller
from services.intake.domain.caller_access import ReadingOutcome
from services.intake.domain.telling_plan import Cause

NOW = midnight(BEGIN)
DAY = timedelta(days=1)
READING = {"at": NOW.isoformat(), "unit": "housing", "purpose": "first contact", "outcome": "read"}


@pytest.fixture
def account() -> Account:
    call = Call(NOW, "e", "MJ01", "roof-leak", "漏水", None, "phone", "王女士", "10000102007")
    sent = [CallerMessage(NOW + 3 * DAY, "已开工", "Works start"), CallerMessage(NOW + 2 * DAY, "已决定", "Decided")]
    return Account(call, "t-1", "housing", NOW + DAY, "1" * 18, "漏水", messages=sent, readings=[READING])


def test_nobody_has_no_story() -> None:
    assert one_caller(None) is None


def test_the_dates_are_in_order_and_in_both_languages(account: Account) -> None:
    account.answered, account.erased = NOW + 4 * DAY, NOW + 5 * DAY
    found = one_caller(account)
    assert found is not None
    assert [one["day"] for one in found["dates"]] == [f"2023-01-0{day}" for day in (3, 4, 5, 6, 7, 8)]
    assert [one["cn"] for one in found["dates"]][2:4] == ["收到短信：已决定", "收到短信：已开工"]
    assert "1" * 18 in found["dates"][0]["en"]
    assert found["dates"][-1]["en"] == "The caller asks to be erased."


def test_it_says_who_read_her_number_and_why(account: Account) -> None:
    hub = READING | {"unit": None, "purpose": "own request", "outcome": "gone"}
    account.readings.append(hub)
    found = one_caller(account)
    assert found is not None
    shown = [(one["why_cn"], one["why_en"], one["outcome_cn"]) for one in found["readings"]]
    assert shown == [("先行联系", "first contact", "已读取"), ("本人申请", "own request", "已删除，无可读取")]
    assert found["readings"][1]["who_en"] == "operation centre"
    assert found["readings"][0]["who_cn"] == found["department_cn"]


def test_what_was_kept_stands_beside_what_is_left(account: Account) -> None:
    found = one_caller(account)
    assert found is not None
    assert (found["kept"], found["over"]) == ([], False)
    account.kept = {"in_vault": 2, "kept": {"texts": 2, "follow_ups": 1}}
    account.left = {"in_vault": 0, "kept": {"texts": 0, "follow_ups": 1}}
    account.places = []
    found = one_caller(account)
    assert found is not None
    assert [(one[1], one[2], one[3]) for one in found["kept"]] == [
        ("name, telephone, address (sealed)", "2", "0"),
        ("texts", "2", "0"),
        ("follow-ups", "1", "1"),
    ]
    assert found["over"]


def test_the_sum_of_the_messages_names_every_cause() -> None:
    outcome = Outcome(1_200, 1_000, Counter({"superseded": 90, "anonymous": 100}), 10, ["a"], ["b", "c"])
    lines = messages(outcome)
    assert [(en, figure) for _, en, figure in lines[:4]] == [
        ("planned", "1,200"),
        ("sent", "1,000"),
        ("withheld: anonymous", "100"),
        ("withheld: superseded", "90"),
    ]
    assert [figure for _, _, figure in lines[4:]] == ["10", "1", "2"]


def test_every_cause_and_outcome_has_chinese_words() -> None:
    assert set(Cause) <= CAUSES.keys()
    assert set(ReadingOutcome) == OUTCOMES.keys()
