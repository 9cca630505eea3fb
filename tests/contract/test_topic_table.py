"""The topic table says what was decided, and nothing in it contradicts the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.chassis.messaging.outbox import MAX_DEAD_LETTER_BYTES, MAX_RECORD_BYTES
from services.contracts.data_files import InvalidData
from services.contracts.departments import departments
from services.contracts.registry import EVENTS
from services.contracts.topics import FILE, SANDBOX, SERVICES, UnknownTopic, load_topic_table, topic_table

TABLE = topic_table()
SERVICES_FOLDER = Path(__file__).parents[2] / "services"
NO_SERVICES = {"contracts", "chassis", "cli", "localstack"}

STATE = "departments.{department}.state"
STATES = {STATE, "departments.sandbox.state"}

# ADR 19: key, writer, readers
DECIDED = {
    "ticket-texts": ("ticket id", "intake", {"classifier", "notifier", "projects"}),
    "tickets": ("ticket id", "intake", {"projects", "notifier"}),
    "classifications": ("ticket id", "classifier", {"intake", "projects"}),
    "hot-issues": ("hot issue id", "projects", {"intake", "notifier"}),
    "projects": ("project, item, inspection, defect, paper, case or standard id", "projects", {"intake", "notifier"}),
    "estates": ("estate id", "projects", {"intake", "classifier", "dashboards"}),
    "notifications": ("recipient", "notifier", {"audit", "dashboards"}),
    "departments.{department}": ("ticket or project id", "notifier", {"department:{department}"}),
    "departments.{department}.state": ("ticket id", "notifier", {"department:{department}"}),
    "departments.sandbox": ("ticket id", "notifier", {"department:{department}"}),
    "departments.sandbox.state": ("ticket id", "notifier", {"department:{department}"}),
    "supervisors.{party}": ("clause of an opinion, or case id", "notifier", {"supervisor:{party}"}),
    "departments.{department}.replies": (
        "ticket id, what an act is about, or the first notice",
        "department:{department}",
        {"intake", "projects", "notifier"},
    ),
    "{service}.dlq": ("the original record's key", "{service}", {"operators"}),
}


def test_the_table_is_what_was_decided() -> None:
    assert {name: (t.key, t.writer, set(t.readers)) for name, t in TABLE.patterns.items()} == DECIDED


def test_the_services_are_the_folders() -> None:
    folders = {folder.name for folder in SERVICES_FOLDER.iterdir() if (folder / "__init__.py").exists()}
    assert folders - NO_SERVICES == set(SERVICES)


def test_each_event_is_carried_by_exactly_one_topic() -> None:
    carried = [event for name, topic in TABLE.patterns.items() if SANDBOX not in name for event in topic.events]
    assert sorted(carried) == sorted(EVENTS)


@pytest.mark.parametrize("code", departments())
def test_each_department_has_a_topic_it_alone_reads_and_one_it_alone_writes(code: str) -> None:
    messages, replies = TABLE.topic(TABLE.department_topic(code)), TABLE.topic(f"departments.{code}.replies")
    assert (messages.name, messages.writer, messages.readers) == (
        f"departments.{code}",
        "notifier",
        (f"department:{code}",),
    )
    assert (replies.writer, replies.readers) == (f"department:{code}", ("intake", "projects", "notifier"))


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_a_dead_letter_topic_with_room_for_the_cause(service: str) -> None:
    letters = TABLE.topic(TABLE.dead_letter_topic(service))
    sources = [topic for topic in TABLE.topics.values() if service in topic.readers]
    assert letters.writer == service
    assert all(letters.max_message_bytes > source.max_message_bytes for source in sources)
    assert set(TABLE.events_on(letters.name)) == {event for source in sources for event in source.events}


def test_what_the_outbox_lets_through_the_broker_takes() -> None:
    for topic in TABLE.topics.values():
        limit = MAX_DEAD_LETTER_BYTES if topic.dead_letters else MAX_RECORD_BYTES
        assert limit < topic.max_message_bytes, topic.name


def test_topics_whose_keys_several_processes_share_have_twelve_partitions() -> None:
    partitions = {name: topic.partitions for name, topic in TABLE.patterns.items()}
    shared = dict.fromkeys(
        ["ticket-texts", "tickets", "classifications", "hot-issues", "projects", "estates", "notifications"], 12
    )
    assert partitions == shared | dict.fromkeys(partitions.keys() - shared.keys(), 1)


def test_the_facts_are_kept_for_ever() -> None:
    kept = {name for name, topic in TABLE.patterns.items() if topic.configs()["retention.ms"] == "-1"}
    assert kept == {"tickets", "classifications", "hot-issues", "projects", "estates", *STATES}
    assert {name for name, topic in TABLE.patterns.items() if topic.cleanup == "compact"} == STATES


def test_the_sandbox_is_for_all_departments_and_none_has_its_name() -> None:
    assert SANDBOX not in departments()
    for name in (TABLE.department_topic(SANDBOX), TABLE.department_state_topic(SANDBOX)):
        assert set(TABLE.topic(name).readers) == {f"department:{code}" for code in departments()}
    for pattern in ("departments.{department}", STATE):
        assert set(TABLE.patterns[pattern.format(department=SANDBOX)].events) <= set(TABLE.patterns[pattern].events)


def test_a_state_topic_is_compacted_soon_and_says_whose_state_it_is() -> None:
    state = TABLE.topic(TABLE.department_state_topic("fire"))
    hour = 3600 * 1000
    assert TABLE.streams[state.name] == TABLE.department_topic("fire")
    assert state.configs() == {
        "cleanup.policy": "compact",
        "max.message.bytes": "1048576",
        "retention.ms": "-1",
        "segment.ms": str(6 * hour),
        "min.compaction.lag.ms": str(hour),
        "max.compaction.lag.ms": str(24 * hour),
        "delete.retention.ms": str(7 * 24 * hour),
    }


def test_retention_is_given_to_the_broker_in_milliseconds() -> None:
    assert TABLE.topic("ticket-texts").configs()["retention.ms"] == str(30 * 24 * 3600 * 1000)


def test_an_unknown_topic_is_an_error_that_says_where_topics_are_named() -> None:
    with pytest.raises(UnknownTopic, match=r"'departments\.mars' is not in topics\.yaml; add it"):
        TABLE.department_topic("mars")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "ticket.classified.v1",
            "ticket.guessed.v1",
            r"topic classifications: events \['ticket.guessed.v1'\] are not in",
        ),
        ("  - name: tickets\n", "  - name: ticket-texts\n", "topics row 2: name 'ticket-texts' stands twice"),
        ("name: departments.{department}.replies", "name: departments.fire", "name 'departments.fire' stands twice"),
        ("cleanup: delete", "cleanup: shred", "topics row 1: cleanup: Input should be 'delete' or 'compact'"),
        ("cleanup: delete", "cleanup: compact", "compaction must be given for cleanup: compact, and for that alone"),
        (
            "    partitions: 12\n",
            "    partitions: 12\n    state_of: tickets\n",
            "a topic with state_of has one partition",
        ),
        ("partitions: 12", "partitions: 0", "topics row 1: partitions: Input should be greater than 0"),
        ("retention_days: 30", "retention_days: soon", "topics row 1: retention_days"),
        ("    key: ticket id\n", "", "topics row 1: key: Field required"),
        ("\ntopics:", "\ntopic:", "lacks the section 'topics'"),
        ("\ntopics:", "\ntopics: [", "is not YAML"),
    ],
)
def test_a_wrong_table_is_refused_with_file_row_and_reason(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    file = tmp_path / "topics.yaml"
    original = FILE.read_text(encoding="utf-8")
    file.write_text(original.replace(right, wrong, 1), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != original
    with pytest.raises(InvalidData, match=message) as raised:
        load_topic_table(file)
    assert str(raised.value).startswith("topics.yaml, ")
