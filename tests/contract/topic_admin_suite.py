"""What `topics apply` and `topics check` promise on every broker: a module subclasses this and gives `bootstrap`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from typer.testing import CliRunner

from services.chassis.messaging.topic_admin import Difference, TopicsRefused, apply_topics, check_topics
from services.cli.commands.topics import app
from services.contracts.topics import Topic, topic_table

TABLE = list(topic_table().topics.values())
CLI = CliRunner()


def topic(name: str, partitions: int = 1) -> Topic:
    return topic_table().topic("tickets").model_copy(update={"name": name, "partitions": partitions})


class TopicAdminSuite:
    @pytest.fixture
    def bootstrap(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    def admin(self, bootstrap: str) -> Iterator[KafkaAdminClient]:
        with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
            yield admin

    def test_apply_creates_the_whole_table_with_exact_partitions_and_settings(self, admin: KafkaAdminClient) -> None:
        apply_topics(admin, TABLE)
        partitions = {found["name"]: len(found["partitions"]) for found in admin.describe_topics()}
        assert {t.name: partitions[t.name] for t in TABLE} == {t.name: t.partitions for t in TABLE}
        assert check_topics(admin, TABLE) == []

    def test_apply_again_changes_nothing(self, admin: KafkaAdminClient) -> None:
        apply_topics(admin, TABLE)
        again = apply_topics(admin, TABLE)
        assert (again.created, again.altered) == ((), ())

    def test_apply_creates_what_an_interrupted_one_left_out(self, admin: KafkaAdminClient) -> None:
        first, second = topic("interrupted-1"), topic("interrupted-2", 3)
        apply_topics(admin, [first])
        assert check_topics(admin, [first, second]) == [Difference("interrupted-2", "missing")]
        assert apply_topics(admin, [first, second]).created == ("interrupted-2",)

    def test_two_at_once_agree(self, bootstrap: str) -> None:
        wanted = [topic(f"at-once-{n}", 2) for n in range(20)]

        def apply() -> tuple[str, ...]:
            with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
                apply_topics(admin, wanted)
                return tuple(map(str, check_topics(admin, wanted)))

        with ThreadPoolExecutor(4) as threads:
            outcomes = [threads.submit(apply) for _ in range(4)]
            assert [outcome.result(timeout=60) for outcome in outcomes] == [()] * 4

    def test_a_setting_that_was_changed_is_reported_and_set_back(self, admin: KafkaAdminClient) -> None:
        wanted = topic("drifted")
        apply_topics(admin, [wanted])
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "drifted", {"retention.ms": "1000"})])
        drift = Difference("drifted", "config", "retention.ms", "-1", "1000")
        assert check_topics(admin, [wanted]) == [drift]
        assert apply_topics(admin, [wanted]).altered == (drift,)
        assert check_topics(admin, [wanted]) == []

    def test_other_partitions_are_refused_and_nothing_is_done(self, admin: KafkaAdminClient) -> None:
        apply_topics(admin, [topic("twelve", 2)])
        with pytest.raises(
            TopicsRefused, match=r"twelve: has 2 partitions, not 12; .* Delete the topic if it is empty"
        ):
            apply_topics(admin, [topic("not-made"), topic("twelve", 12)])
        assert "not-made" not in admin.list_topics()
        assert check_topics(admin, [topic("twelve", 2)]) == []

    def test_a_topic_that_the_table_does_not_name_is_left_alone(self, admin: KafkaAdminClient) -> None:
        admin.create_topics({"somebody-elses": {"num_partitions": 1, "replication_factor": 1}})
        admin.wait_for_topics(["somebody-elses"])
        apply_topics(admin, TABLE)
        assert check_topics(admin, TABLE) == []
        assert "somebody-elses" in admin.list_topics()

    def test_checking_creates_nothing(self, admin: KafkaAdminClient) -> None:
        assert check_topics(admin, [topic("only-looked-for")]) == [Difference("only-looked-for", "missing")]
        assert "only-looked-for" not in admin.list_topics()

    def test_the_commands_print_and_exit_by_what_they_find(self, bootstrap: str, admin: KafkaAdminClient) -> None:
        assert CLI.invoke(app, ["apply", "--kafka", bootstrap]).exit_code == 0
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "tickets", {"retention.ms": "1000"})])
        checked = CLI.invoke(app, ["check", "--kafka", bootstrap])
        assert checked.exit_code == 1
        assert "tickets: retention.ms is 1000, not -1; `closedloop topics apply` sets it" in checked.output
        in_json = CLI.invoke(app, ["check", "--json", "--kafka", bootstrap])
        assert [found["setting"] for found in json.loads(in_json.output)["differences"]] == ["retention.ms"]
        applied = CLI.invoke(app, ["apply", "--json"], env={"CLOSEDLOOP_KAFKA_BOOTSTRAP": bootstrap})
        assert json.loads(applied.output)["altered"][0]["wanted"] == "-1"
        again = CLI.invoke(app, ["check", "--kafka", bootstrap])
        assert (again.exit_code, again.output) == (0, f"{len(TABLE)} topics checked, 0 differences\n")
