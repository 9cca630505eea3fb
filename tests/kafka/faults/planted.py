"""Faults planted in a service's database: triggers that refuse, or dawdle over, what is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.kafka.faults.system import System


@contextmanager
def trigger(system: System, service: str, tables: Sequence[str], when: str, body: str) -> Iterator[None]:
    """`body` is PL/pgSQL run before each row is written to `tables` for which `when` holds (`row` is the row)."""
    condition = when.replace("row.", "NEW.")
    with system.database(service) as connection:
        connection.execute(
            f"""
            CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF {condition} THEN {body} END IF; RETURN NEW; END $$
            """.encode()
        )
        for table in tables:
            connection.execute(
                f"CREATE TRIGGER planted BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION planted()".encode()
            )
    try:
        yield
    finally:
        with system.database(service) as connection:
            connection.execute("DROP FUNCTION planted CASCADE")


# SQLSTATE 22023 is a data exception: to the consumer, an event that can never work.
REFUSE = "RAISE EXCEPTION 'planted fault' USING ERRCODE = '22023';"
