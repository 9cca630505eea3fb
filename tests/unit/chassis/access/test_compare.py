"""The broker's rules against the tables: every surplus and every lack is found, what is others' is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.messaging.access.compare import Access, Rule, compare, may, rule_of, standing
from services.contracts.principals import Operation, Resource, load_principals
from services.contracts.topics import topic_table

PRINCIPALS = load_principals("310109", topic_table())
ALWAYS = frozenset(one.user for one in PRINCIPALS.users.values() if one.made_by == "apply")


def as_the_tables_say(*more: str) -> Access:
    users = ALWAYS | {"admin"} | set(more)
    principals = [PRINCIPALS.users[user] for user in users]
    return Access(
        users,
        frozenset(rule_of(right) for one in principals for right in PRINCIPALS.rights[one.user]),
        {one.user: one.quotas() for one in principals if one.quotas()},
    )


FULL = as_the_tables_say("department-fire", "department-police")
SURPLUS = [
    Rule("User:department-fire", "read", "topic", "departments.police"),
    Rule("User:department-fire", "all", "topic", "departments.fire"),
    Rule("User:department-fire", "read", "topic", "departments.fire", host="10.0.0.1"),
    Rule("User:*", "read", "topic", "*"),
    Rule("User:*", "describe", "cluster", "kafka-cluster"),
    Rule("User:mirror", "read", "topic", "tickets"),
    Rule("User:mirror", "read", "topic", "departments.", "prefixed"),
    Rule("User:mirror", "read", "topic", "", "prefixed"),
    Rule("User:mirror", "read", "group", "intake-follow-ups"),
    Rule("User:mirror", "read", "group", "department-", "prefixed"),
    Rule("User:mirror", "write", "transactional id", "310109-intake-outbox"),
    Rule("User:department-gone", "read", "topic", "departments.gone"),
    Rule("User:intake", "alter", "cluster", "kafka-cluster"),
]
OTHERS = [
    Rule("User:mirror", "read", "topic", "payroll"),
    Rule("User:mirror", "read", "group", "mirror"),
    Rule("User:mirror", "cluster action", "cluster", "kafka-cluster"),
]


def test_a_broker_as_the_tables_say_has_no_differences() -> None:
    assert compare(PRINCIPALS, FULL) == []


def test_a_department_that_does_not_subscribe_has_neither_user_nor_rights_and_none_is_missing() -> None:
    assert compare(PRINCIPALS, as_the_tables_say()) == []
    assert "department-fire" not in {one.user for one in standing(PRINCIPALS, as_the_tables_say())}


@pytest.mark.parametrize("rule", SURPLUS, ids=str)
def test_a_right_that_the_tables_do_not_give_is_found(rule: Rule) -> None:
    found = compare(PRINCIPALS, replace(FULL, rules=FULL.rules | {rule}))
    assert [(one.kind, one.rule) for one in found] == [("right extra", rule)]
    assert str(rule).removeprefix("allow ") in str(found[0])
    assert "withdraws it" in str(found[0])


@pytest.mark.parametrize("rule", OTHERS, ids=str)
def test_what_strangers_do_with_what_is_not_ours_is_left_alone(rule: Rule) -> None:
    assert compare(PRINCIPALS, replace(FULL, rules=FULL.rules | {rule})) == []


def test_a_denial_by_hand_is_reported_and_not_taken_for_a_right() -> None:
    denied = Rule("User:department-fire", "read", "topic", "departments.fire", permission="deny")
    (found,) = compare(PRINCIPALS, replace(FULL, rules=FULL.rules | {denied}))
    assert found.kind == "denied"
    assert "nothing is changed" in str(found)


def test_the_user_of_a_department_that_is_gone_is_found_a_strangers_is_not() -> None:
    found = compare(PRINCIPALS, replace(FULL, users=FULL.users | {"department-gone", "mirror"}))
    assert [(one.user, one.kind) for one in found] == [("department-gone", "user extra")]


def test_rights_and_quota_that_outlive_a_departments_user_are_found() -> None:
    left = compare(PRINCIPALS, replace(FULL, users=FULL.users - {"department-fire"}))
    assert {(one.user, one.kind) for one in left} == {("department-fire", "right extra"), ("department-fire", "quota")}


def test_a_quota_is_compared_exactly() -> None:
    found = compare(PRINCIPALS, replace(FULL, quotas={**FULL.quotas, "department-fire": {"request_percentage": 5.0}}))
    assert [str(one) for one in found] == [
        "department-fire has the quota request_percentage 5, not consumer_byte_rate 2097152, producer_byte_rate "
        "262144; `closedloop kafka apply` sets it"
    ]


@given(
    st.sets(st.sampled_from(sorted(FULL.rules))),
    st.sets(st.sampled_from([*SURPLUS, *OTHERS])),
    st.sets(st.sampled_from(sorted(FULL.users))),
)
def test_to_correct_every_difference_leaves_none_and_leaves_others_rights(
    rules: set[Rule], more: set[Rule], gone: set[str]
) -> None:
    found = Access(FULL.users - gone, frozenset((FULL.rules - rules) | more), FULL.quotas)
    differences = compare(PRINCIPALS, found)
    extra = {one.rule for one in differences if one.kind == "right extra" and one.rule}
    missing = {one.rule for one in differences if one.kind == "right missing" and one.rule}
    users = found.users | {one.user for one in differences if one.kind == "user missing"}
    corrected = Access(users, frozenset((found.rules - extra) | missing), as_the_tables_say(*users).quotas)
    assert compare(PRINCIPALS, corrected) == []
    assert corrected.rules - frozenset(OTHERS) == as_the_tables_say(*users & PRINCIPALS.users.keys()).rules
    assert more & set(OTHERS) <= corrected.rules


def test_a_denial_outranks_what_is_allowed() -> None:
    denied = Rule("User:*", "all", "topic", "departments.", "prefixed", permission="deny")
    asked = ("department-fire", Operation.READ, Resource.TOPIC, "departments.fire")
    assert may(FULL, *asked)
    assert not may(replace(FULL, rules=FULL.rules | {denied}), *asked)
