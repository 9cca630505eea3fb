"""A person's data planted into every field of a service, and the search for it in what the service keeps."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, inspect

from services.chassis.messaging.wire import unpack_headers

NAME, PHONE, FLAT = "欧阳建国", "13912345678", "2917"
SAID = f"联系人{NAME}，{PHONE}，{FLAT}室"
"""What a person writes: it names somebody, says how to call them, and where they live."""


def traces(text: str) -> set[str]:
    """What of the person can be read in a text. Digits count only by themselves: an id may hold any."""
    plain = re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", text)
    numbers = {one for one in (PHONE, FLAT) if re.search(rf"(?<![0-9a-fA-F]){one}(?![0-9a-fA-F])", plain)}
    return numbers | ({NAME} if NAME in text else set())


@dataclass
class Planting:
    """Sends requests and remembers which fields it planted, and what came back.

    `client` has `request`, as a test client has.
    """

    fields: set[str] = field(default_factory=set)
    answers: list[tuple[str, str]] = field(default_factory=list)

    def send(self, client: Any, method: str, path: str, status: int, *fields: str, **request: Any) -> Any:
        """`fields` are those in which the request holds SAID or a part of it, as strings.py names them."""
        answer = client.request(method, path, **request)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        self.fields |= set(fields)
        self.answers.append((f"{method} {path}", answer.text + str(dict(answer.headers))))
        return answer

    def found_in_answers(self) -> dict[str, set[str]]:
        return {path: found for path, text in self.answers if (found := traces(text))}


def found_in_tables(engine: Engine, protected: Collection[str] = ()) -> dict[str, set[str]]:
    """Columns, as `table.column`, in which the person can be read, but for `protected` ones.

    Of records on their way to a topic of dead letters, which carries them as they came, the cause alone is looked at.
    """
    return {name: found for name, stored in _columns(engine) if name not in protected and (found := traces(stored))}


def columns_with(engine: Engine, words: str) -> set[str]:
    """Columns, as `table.column`, in which these words stand."""
    return {name for name, stored in _columns(engine) if words in stored}


def _columns(engine: Engine) -> Iterator[tuple[str, str]]:
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            answer = connection.exec_driver_sql(f'SELECT * FROM "{table}"')  # noqa: S608
            columns = list(answer.keys())
            rows: list[Mapping[str, Any]] = [dict(row) for row in answer.mappings()]
            if table == "outbox":
                letters = [row for row in rows if row["topic"].endswith(".dlq")]
                yield "outbox.cause", "\n".join(_cause(row["headers"]) for row in letters)
                rows = [row for row in rows if row not in letters]
            for column in columns:
                read = _headers if column == "headers" else _readable
                yield f"{table}.{column}", "\n".join(read(row[column]) for row in rows)


def _readable(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def _headers(packed: bytes) -> str:
    return "\n".join(f"{name}: {_readable(value)}" for name, value in unpack_headers(packed))


def _cause(packed: bytes) -> str:
    return dict(unpack_headers(packed)).get("dlq_cause", b"").decode()  # none of one that was forgotten
