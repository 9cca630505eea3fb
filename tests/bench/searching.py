"""Looks for planted words in everything that a stack keeps: tables, topics, logs and other files."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick
from kafka import KafkaConsumer, TopicPartition
from psycopg import sql
from sqlalchemy import make_url

from services.chassis.messaging.kafka import FLAVOURS
from services.chassis.settings import KafkaFlavour
from services.intake.jobs.evaluate_redaction import is_readable
from services.localstack.postgres import connect
from services.localstack.stack import Stack

AS_IT_CAME = ".replies"
"""Topics on which departments write as they like; intake redacts what it takes from there (contracts/reply_events)."""
LONGEST = 2_000
"""Signs of a planted text, at most."""
BACKUP = "_before"
"""Ends the name of a database that is a backup of another."""
_CUT = re.compile(r"[\x00-\x1f\ufffd]")
"""Where a text that does not come to its end was cut; in a page of the database other data follow."""
_ESCAPED = re.compile(r"\\u[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class Secret:
    """`kind` and `value` as redaction is measured by; `begin` and `end` stand around each text that holds it."""

    kind: str
    value: str
    begin: str
    end: str

    def within(self, text: str) -> str:
        return f"{self.begin}{text}{self.end}"


@dataclass(slots=True)
class Found:
    """How often something planted can be read, by place; and in how many copies of planted texts it was looked for."""

    readable: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


class Search:
    """`secrets` are looked for in the copies of their texts, since short ones occur anywhere by chance; `whole` are
    words that may stand nowhere at all."""

    def __init__(self, secrets: Iterable[Secret], whole: Iterable[str]) -> None:
        self._secrets = {one.begin: one for one in secrets}
        self._whole = set(whole)
        self._needles = [*self._secrets, *self._whole]
        self._automaton = AhoCorasick(self._needles)

    def __call__(self, stack: Stack) -> Found:
        return self._found(chain(_rows(stack), _records(stack), _files(stack.run_dir)))

    def of_tables(self, stack: Stack) -> Found:
        return self._found(_rows(stack))

    def _found(self, texts: Iterable[tuple[str, str]]) -> Found:
        found = Found()
        for place, text in texts:
            self._look(found, place, text)
        return found

    def _look(self, found: Found, place: str, text: str) -> None:
        for number, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            needle = self._needles[number]
            if needle in self._whole:
                self._note(found, place, needle)
                continue
            secret = self._secrets[needle]
            begin = start + len(needle)
            copy, end, _ = text[begin : begin + LONGEST].partition(secret.end)
            said = copy if end else _CUT.split(copy)[0]
            found.copies[place] += 1
            if is_readable(secret.kind, secret.value, said):
                self._note(found, place, f"{secret.kind} {secret.value}: {said}")

    def _note(self, found: Found, place: str, what: str) -> None:
        found.readable[place] += 1
        found.examples.setdefault(place, what)


def databases(stack: Stack) -> dict[str, str]:
    """The URLs, for the superuser, of every database of the stack by name, but for backups."""
    server = make_url(stack.server_url)
    with connect(stack.server_url) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
        ).fetchall()
    urls = {str(name): server.set(database=str(name)) for (name,) in names if not str(name).endswith(BACKUP)}
    return {name: url.render_as_string(hide_password=False) for name, url in urls.items()}


def tables(url: str) -> list[str]:
    with connect(url) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
    return [str(name) for (name,) in found]


def _rows(stack: Stack) -> Iterator[tuple[str, str]]:
    for database, url in databases(stack).items():
        for table in tables(url):
            with connect(url) as connection, connection.transaction(), connection.cursor("rows") as cursor:
                cursor.execute(sql.SQL("SELECT to_jsonb(r) FROM {} AS r").format(sql.Identifier(table)))
                for (row,) in cursor:
                    yield f"table {database}.{table}", "\n".join(_strings(row))


def _strings(value: Any) -> Iterator[str]:
    """Every string in it, names too; bytes and JSON inside of strings opened."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, str):
        if value.startswith("\\x"):
            yield from _opened(bytes.fromhex(value[2:]))
        else:
            yield _unescaped(value)
    elif value is not None:
        yield str(value)


def _opened(value: bytes) -> Iterator[str]:
    text = value.decode("utf-8", "replace")
    try:
        yield from _strings(json.loads(text))
    except ValueError:
        yield _unescaped(text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: json.loads(f'"{found.group()}"'), text) if "\\u" in text else text


def _records(stack: Stack) -> Iterator[tuple[str, str]]:
    consumer = KafkaConsumer(
        bootstrap_servers=stack.bootstrap.split(","),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **FLAVOURS[KafkaFlavour(stack.flavour)].consumer,
    )
    parts = [
        TopicPartition(topic, number)
        for topic in sorted(consumer.topics())
        if not topic.startswith("__") and not topic.endswith(AS_IT_CAME)
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    ends = consumer.end_offsets(parts)
    try:
        while any(consumer.position(one) < ends[one] for one in parts):
            for batch in consumer.poll(timeout_ms=200).values():
                for record in batch:
                    said = [record.key, record.value, *(part for _, part in record.headers)]
                    yield f"topic {record.topic}", "\n".join(text for one in said if one for text in _opened(one))
    finally:
        consumer.close()


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of the run directory; those of the database too, in which what was deleted may still lie."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        kind = "files of the database" if "postgres" in file.relative_to(folder).parts else "files"
        yield f"{kind} {file.name if kind == 'files' else ''}".strip(), file.read_bytes().decode("utf-8", "replace")
