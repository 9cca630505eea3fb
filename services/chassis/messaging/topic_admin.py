"""Brings a broker's topics in line with the table: creates what is missing, never deletes anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import NoError, TopicAlreadyExistsError, for_code

from services.contracts.topics import Topic


@dataclass(frozen=True, slots=True)
class ExistingTopic:
    """A topic on the broker."""

    partitions: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between broker and table; `setting` names it if it is a config."""

    topic: str
    kind: Literal["missing", "partitions", "config"]
    setting: str | None = None
    wanted: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"{self.topic}: is missing; `closedloop topics apply` creates it"
        if self.kind == "config":
            return f"{self.topic}: {self.setting} is {self.found}, not {self.wanted}; `closedloop topics apply` sets it"
        return (
            f"{self.topic}: has {self.found} partitions, not {self.wanted}; changing them would move keys and break "
            "their order, so nothing is changed. Delete the topic if it is empty and apply again; if it is not, "
            "keep its number in deploy/kafka/topics.yaml or move its records to a new topic"
        )


class TopicsRefused(RuntimeError):
    """Topics could not be brought in line. The message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Applied:
    created: tuple[str, ...]
    altered: tuple[Difference, ...]


def compare(wanted: Iterable[Topic], existing: Mapping[str, ExistingTopic]) -> Iterator[Difference]:
    for topic in wanted:
        found = existing.get(topic.name)
        if found is None:
            yield Difference(topic.name, "missing")
            continue
        if found.partitions != topic.partitions:
            yield Difference(topic.name, "partitions", None, str(topic.partitions), str(found.partitions))
        for setting, value in topic.configs().items():
            if found.configs.get(setting) != value:
                yield Difference(topic.name, "config", setting, value, found.configs.get(setting))


def check_topics(admin: KafkaAdminClient, wanted: Sequence[Topic]) -> list[Difference]:
    """Every difference between broker and table. Topics that the table does not name are ignored."""
    return list(compare(wanted, _existing(admin, wanted)))


def apply_topics(admin: KafkaAdminClient, wanted: Sequence[Topic]) -> Applied:
    """Creates what is missing and sets what differs; may be run again at any time, also by two at once.

    Raises TopicsRefused, having changed nothing, if a topic's partitions differ; also if the broker refuses one.
    """
    differences = check_topics(admin, wanted)
    unchangeable = [str(difference) for difference in differences if difference.kind == "partitions"]
    if unchangeable:
        raise TopicsRefused("\n".join(unchangeable))
    missing = {difference.topic for difference in differences if difference.kind == "missing"}
    _create(admin, [topic for topic in wanted if topic.name in missing])
    altered = tuple(difference for difference in differences if difference.kind == "config")
    _alter(admin, altered)
    return Applied(tuple(topic.name for topic in wanted if topic.name in missing), altered)


def _existing(admin: KafkaAdminClient, wanted: Sequence[Topic]) -> dict[str, ExistingTopic]:
    # A broker with auto-creation would create topics that are asked for by name: ask for all.
    partitions = {found["name"]: len(found["partitions"]) for found in admin.describe_topics()}
    # The embedded broker hangs up when asked for single settings: ask for all.
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in wanted if topic.name in partitions]
    described = admin.describe_configs(resources, config_filter="all").get("topic", {}) if resources else {}
    return {
        name: ExistingTopic(partitions[name], {setting: config["value"] for setting, config in configs.items()})
        for name, configs in described.items()
    }


def _create(admin: KafkaAdminClient, topics: Sequence[Topic]) -> None:
    if not topics:
        return
    request = {topic.name: {"num_partitions": topic.partitions, "configs": topic.configs()} for topic in topics}
    answers = admin.create_topics(request, raise_errors=False)["topics"]
    refused = [
        f"{answer['name']}: the broker refused to create it: {answer['error_message'] or answer['error_code']}"
        for answer in answers
        if for_code(answer["error_code"]) not in (NoError, TopicAlreadyExistsError)
    ]
    if refused:
        raise TopicsRefused("\n".join(refused))
    admin.wait_for_topics(list(request))


def _alter(admin: KafkaAdminClient, differences: Sequence[Difference]) -> None:
    settings: dict[str, dict[str, str | None]] = {}
    for difference in differences:
        settings.setdefault(difference.topic, {})[str(difference.setting)] = difference.wanted
    if not settings:
        return
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic, configs) for topic, configs in settings.items()]
    answers = admin.alter_configs(resources)["topic"]
    refused = [f"{topic}: the broker refused {settings[topic]}: {why}" for topic, why in answers.items() if why != "OK"]
    if refused:
        raise TopicsRefused("\n".join(refused))
