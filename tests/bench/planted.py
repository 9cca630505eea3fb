"""After a whole demo: can a value of a person's, planted into any field, be read anywhere? And the erased?"""
# ruff: noqa: S608 - statements with names of our own tables

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import create_engine

from demo.play import Script
from demo.quiet import Quiet
from demo.scene import all_scenes
from demo.stage import Stage, staged
from demo.story import all_stories
from services.localstack.postgres import connect
from services.localstack.stack import Stack
from services.projects.store.checksums import checksums
from tests.bench.figures import figure
from tests.bench.planting import Plant, Planted, plant
from tests.bench.searching import BACKUP, Found, Search, databases
from tests.harness.waiting import eventually

SEED, MONTHS, ERASED = 1, 40, 100
OF_INTAKE = ("clocks", "follow_ups", "visits", "hot_issues", "projects", "estate_names")
"""Facts that an erasure leaves alone. Of a ticket it changes the version of its text and why it was reviewed."""
_TICKETS = (
    "SELECT md5(string_agg((to_jsonb(t) - 'text_version' - 'review_reason')::text, '' ORDER BY id)) FROM tickets t"
)
_COUNTED = ("tickets", "ticket_history", "settlements", "tellings", "follow_up_answers", "visits")


def planted_values_after_a_demo() -> None:
    """How often one of 1,000 planted values can be read; the same after 100 persons were erased, and after a backup
    from before came back. MONTHS_OF_DEMO plays fewer months."""
    months = int(os.environ.get("MONTHS_OF_DEMO", MONTHS))
    with tempfile.TemporaryDirectory(prefix="closedloop-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database runs as a user of its own
        with staged(folder, SEED) as stage:
            script = Script(SEED, months, True, True, all_stories(), all_scenes())
            stage.play(script).run(lambda *_: None)
            _examine(stage, folder, {"months": months})


def _examine(stage: Stage, folder: Path, conditions: dict[str, Any]) -> None:
    quiet = Quiet(stage.interfaces.services, stage.interfaces.progress, stage.replies.published.by_topic)

    def settled() -> None:
        quiet.wait()
        stage.messages.wait()

    planted = plant(stage, SEED, settled)
    print(json.dumps({"taken": planted.fields, "refused": planted.refused}, ensure_ascii=False), file=sys.stderr)
    erased = planted.plants[: 10 * ERASED // 2 : 5][:ERASED]
    _until_retention_is_done(stage)
    everywhere = _search(planted)
    _report("planted_readable", everywhere(stage.stack), conditions)
    facts = _facts(stage.stack)
    _back_up(stage)
    _erase(stage, erased)
    quiet.wait()
    _report("planted_readable_after_erasures", everywhere(stage.stack), conditions)
    _report("erased_words_in_tables", _of_erased(stage, erased), conditions)
    _report_facts("facts_changed_by_erasures", facts, _facts(stage.stack), conditions)
    tombstones = folder / "tombstones.json"
    items = stage.interfaces.as_role("hub", "identity-reader").get("intake", "/privacy/erasures")["items"]
    tombstones.write_text(json.dumps(items), encoding="utf-8")
    _restore(stage)
    back = _of_erased(stage, erased).readable.total()
    assert back, "the backup did not bring the erased back"
    _closedloop("privacy", "apply-erasures", str(tombstones), "--run-dir", str(folder))
    quiet.wait()
    _report("planted_readable_after_a_backup", everywhere(stage.stack), {**conditions, "brought_back": back})
    _report("erased_words_in_tables_after_a_backup", _of_erased(stage, erased), conditions)
    _report_facts("facts_changed_by_a_backup", facts, _facts(stage.stack), conditions)


def _search(planted: Planted) -> Search:
    own = [value for one in planted.plants for value in (one.phone, one.email, one.known_as)]
    names = [one.name for one in planted.plants if one.secret.kind != "name"]
    return Search((one.secret for one in planted.plants), [*own, *names])


def _of_erased(stage: Stage, erased: Sequence[Plant]) -> Found:
    """Where in the tables anything of the erased stands, the words that were never secret included."""
    return Search((), [part for one in erased for part in (one.secret.begin, one.phone)]).of_tables(stage.stack)


def _erase(stage: Stage, erased: Sequence[Plant]) -> None:
    officer = stage.interfaces.as_role("hub", "identity-reader")
    for one in erased:
        officer.post("intake", "/privacy/erasures", {"phone": one.phone, "reason": "本人要求"})


def _until_retention_is_done(stage: Stage) -> None:
    """What was kept for its time goes by itself, at intervals of real time; the clock of the demo stands still now."""
    officer = stage.interfaces.as_role("hub", "identity-reader")

    def done() -> bool:
        kept = officer.get("intake", "/privacy/retention")["items"]
        return not any(one["due"] for one in kept) and all(one["finished_at"] for one in kept)

    eventually(done, within=60, every=2, what="the end of retention")


def _back_up(stage: Stage) -> None:
    _without_intake(stage, lambda name, owner: _copy(stage.stack, name, name + BACKUP, owner))


def _restore(stage: Stage) -> None:
    def again(name: str, owner: str) -> None:
        with connect(stage.stack.server_url) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        _copy(stage.stack, name + BACKUP, name, owner)

    _without_intake(stage, again)


def _without_intake(stage: Stage, act: Any) -> None:
    """Does something with each of intake's databases while intake is down."""
    process = stage.stack.service("intake")
    process.stop()
    for name in [one for one in databases(stage.stack) if one.startswith("intake")]:
        with connect(stage.stack.server_url) as connection:
            (owner,) = connection.execute(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [name]
            ).fetchone() or ("",)
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        act(name, str(owner))
    process.start_and_wait()


def _copy(stack: Stack, name: str, to: str, owner: str) -> None:
    with connect(stack.server_url) as connection:
        names = [sql.Identifier(one) for one in (to, name, owner)]
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*names))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(names[0]))


def _facts(stack: Stack) -> dict[str, str]:
    """Checksums and counts of what must be the same before and after an erasure."""
    urls = databases(stack)
    facts: dict[str, str] = {}
    with connect(urls["intake"]) as connection:
        asked = {
            f"intake.{one}": f"SELECT md5(string_agg(r::text, '' ORDER BY r::text)) FROM {one} r" for one in OF_INTAKE
        }
        asked |= {f"intake.{one} counted": f"SELECT count(*)::text FROM {one}" for one in _COUNTED}
        for name, query in {**asked, "intake.tickets": _TICKETS}.items():
            (value,) = connection.execute(query).fetchone() or ("",)  # type: ignore[arg-type]
            facts[name] = str(value)
    engine = create_engine(urls["projects"])
    with engine.connect() as opened:
        facts |= {f"projects {kind} {key}": value for (kind, key), value in checksums(opened).items()}
    engine.dispose()
    return facts


def _closedloop(*arguments: str) -> None:
    command = [sys.executable, "-m", "services.cli.main", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True)


def _report(name: str, found: Found, conditions: dict[str, Any]) -> None:
    for place, example in found.examples.items():
        print(f"{name}: {place}: {found.readable[place]}, such as {example!r}", file=sys.stderr)
    kinds = Counter(place.split()[0] for place in found.copies.elements())
    figure(name, found.readable.total(), "", **conditions, copies_looked_at=dict(kinds), broker="embedded")


def _report_facts(name: str, before: dict[str, str], after: dict[str, str], conditions: dict[str, Any]) -> None:
    changed = sorted(one for one in before.keys() | after.keys() if before.get(one) != after.get(one))
    for one in changed:
        print(f"{name}: {one}: {before.get(one)} -> {after.get(one)}", file=sys.stderr)
    figure(name, len(changed), "", **conditions, facts=len(before), broker="embedded")
