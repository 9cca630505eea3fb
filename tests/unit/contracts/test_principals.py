"""Nobody reads or writes what the table of topics does not say, and nobody commits in another's group."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.app.answer import CONSUMER as CLASSIFIER
from services.classifier.stream.broker import TOPICS as READ_AGAIN
from services.classifier.stream.broker_marks import GROUP as MARKS
from services.contracts.data_files import InvalidData
from services.contracts.principals import (
    FILE,
    Operation,
    Principal,
    Resource,
    UnknownPrincipal,
    load_principals,
)
from services.contracts.services import SERVICES, WITH_DATABASE
from services.contracts.topics import topic_table
from services.notifier.domain.delivery import CONSUMER as NOTIFIER
from services.notifier.wiring import READS as NOTIFIER_READS
from services.projects.jobs.rebuild.run import TOPICS as REBUILT
from services.projects.jobs.rebuild.topic_reader import GROUP as REBUILD

TABLE = topic_table()
PRINCIPALS = load_principals("310109", TABLE)
USERS = st.sampled_from(sorted(PRINCIPALS.users))
TOPICS = st.sampled_from(sorted(TABLE.topics))
SERVICES_FOLDER = Path(__file__).parents[3] / "services"


def may(user: str, operation: Operation, resource: Resource, name: str) -> bool:
    rights = PRINCIPALS.rights[user]
    return any(right.operation == operation and right.covers(resource, name) for right in rights)


@given(USERS, TOPICS)
def test_a_topic_is_read_by_the_readers_in_the_table_and_by_a_service_that_writes_it(user: str, name: str) -> None:
    role, topic = PRINCIPALS.user(user).role, TABLE.topic(name)
    named = role in topic.readers or (role == topic.writer and role in SERVICES)
    assert may(user, Operation.READ, Resource.TOPIC, name) == named


def test_each_topic_has_one_writer() -> None:
    for topic in TABLE.topics.values():
        writers = [user for user in PRINCIPALS.users if may(user, Operation.WRITE, Resource.TOPIC, topic.name)]
        assert [PRINCIPALS.user(user).role for user in writers] == [topic.writer]


def test_no_right_on_topics_is_for_more_than_one() -> None:
    for one in PRINCIPALS.users.values():
        assert not [r for r in PRINCIPALS.rights[one.user] if r.resource is Resource.TOPIC and r.prefixed]


def test_a_department_reads_its_own_messages_and_writes_its_replies_and_that_is_all() -> None:
    rights = PRINCIPALS.rights["department-police"]
    assert sorted(map(str, rights)) == [
        "read group department-police.*",
        *sorted(f"read topic {t.name}" for t in TABLE.topics.values() if "department:police" in t.readers),
        "write topic departments.police.replies",
    ]


def test_the_first_user_needs_no_rights() -> None:
    assert PRINCIPALS.rights["admin"] == frozenset()


@given(USERS, st.text("abcdefghijklmnopqrstuvwxyz-.", max_size=6), USERS)
def test_a_group_is_one_users_alone(owner: str, rest: str, other: str) -> None:
    for right in PRINCIPALS.rights[owner]:
        if right.resource is Resource.GROUP and owner != other:
            name = right.name + (rest if right.prefixed else "")
            assert not may(other, Operation.READ, Resource.GROUP, name), name


def groups_in_the_code() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {service: set() for service in SERVICES}
    for service in SERVICES:
        for wiring in (SERVICES_FOLDER / service).glob("wiring*.py"):
            source = wiring.read_text(encoding="utf-8")
            found[service] |= set(re.findall(r'Subscription\(\s*"([a-z-]+)"', source))
    return found | {
        "notifier": {NOTIFIER},
        "classifier": {CLASSIFIER, MARKS},
        "projects": found["projects"] | {REBUILD},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_join_every_group_that_its_code_names(service: str) -> None:
    groups = groups_in_the_code()[service]
    assert groups
    assert [group for group in groups if not may(service, Operation.READ, Resource.GROUP, group)] == []


@pytest.mark.parametrize(
    ("service", "topics"), [("projects", REBUILT), ("classifier", READ_AGAIN), ("notifier", NOTIFIER_READS)]
)
def test_a_service_may_read_what_its_jobs_read(service: str, topics: Iterable[str]) -> None:
    assert [topic for topic in topics if not may(service, Operation.READ, Resource.TOPIC, topic)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_relay_of_a_service_with_a_database_has_its_transactional_id(service: str) -> None:
    named = may(service, Operation.WRITE, Resource.TRANSACTIONAL_ID, f"310109-{service}-outbox")
    assert named == (service in WITH_DATABASE)
    assert not may(service, Operation.WRITE, Resource.TRANSACTIONAL_ID, f"310110-{service}-outbox")


def test_who_reads_texts_at_a_districts_expense_is_slowed() -> None:
    limits = {one.user: one.quotas() for one in PRINCIPALS.users.values()}
    assert limits["department-fire"] == {"consumer_byte_rate": 2097152.0, "producer_byte_rate": 262144.0}
    assert all(limits[service] == {} for service in SERVICES)


@pytest.mark.parametrize(
    ("user", "ours"),
    [
        ("intake", True),
        ("department-fire", True),
        ("department-closed-last-year", True),
        ("mirror", False),
        ("department", False),
        ("xdepartment-fire", False),
    ],
)
def test_a_user_of_a_department_that_is_gone_is_still_ours(user: str, ours: bool) -> None:
    assert PRINCIPALS.owns(user) is ours


def test_an_unknown_role_or_user_is_an_error_that_says_what_there_is() -> None:
    with pytest.raises(UnknownPrincipal, match="department:mars"):
        PRINCIPALS.by_role("department:mars")
    with pytest.raises(UnknownPrincipal, match="has intake, classifier"):
        PRINCIPALS.user("mars")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("role: audit", "role: auditor", "role 'audit': is missing, and topic notifications names it; add a row"),
        ("groups: [classifier, classifier-*]", "groups: [c*]", r"user 'classifier': its groups c\* include c"),
        ("groups: [classifier, classifier-*]", "groups: [intake]", "include intake of"),
        ("user: operators", "user: audit", "user 'audit' stands twice"),
        ("user: operators", "user: op=1", "principals row 7: user: String should match pattern"),
        ("made_by: format", "made_by: hand", "made_by: Input should be"),
        ("consumer_bytes_per_s: 2097152", "consumer_bytes_per_s: 0", "greater than 0"),
    ],
)
def test_a_wrong_table_is_refused_with_the_row_and_the_reason(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    file = tmp_path / "principals.yaml"
    original = FILE.read_text(encoding="utf-8")
    file.write_text(original.replace(right, wrong, 1), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != original
    if wrong == "groups: [c*]":  # no other user's group begins so today
        file.write_text(file.read_text(encoding="utf-8").replace("groups: [audit.*]", "groups: [c-audit]"))
    with pytest.raises(InvalidData, match=message):
        load_principals("310109", TABLE, file)


def test_the_fields_of_the_table_are_explained_in_it() -> None:
    head = FILE.read_text(encoding="utf-8").partition("\nprincipals:")[0]
    assert [field for field in Principal.model_fields if field not in head] == []
