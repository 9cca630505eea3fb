"""`closedloop privacy`, against intake's own routes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.commands import privacy
from services.contracts.text_events import ERASED
from tests.integration.intake.conftest import VAULT_KEY, Intake

PHONE, NAME = "13912345678", "欧阳建国"
NEW = "5a4b" * 16


@pytest.fixture
def run(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command; the stack it finds is this intake."""
    monkeypatch.setattr(privacy, "running_stack", lambda _: {})
    monkeypatch.setattr(privacy, "service_of", lambda _state, _name: {"url": ""})
    monkeypatch.setattr(privacy, "client", lambda _state, *roles: intake.client(*roles))

    def command(*words: str, entered: str = "", code: int = 0, **environment: str) -> str:
        done = CliRunner().invoke(privacy.app, words, input=entered, env=environment)
        assert done.exit_code == code, done.output
        return done.output

    return command


def test_a_person_is_reported_exported_and_erased_and_the_list_is_applied(
    intake: Intake, run: Any, tmp_path: Path
) -> None:
    ticket_id = intake.file(caller={"phone": PHONE, "name": NAME})
    said = run("report", "--phone", "-", entered=f"{PHONE}\n")
    assert "1 tickets, 1 of them with personal data" in said
    assert PHONE not in said
    file = tmp_path / "export.json"
    run("export", str(file), "--ticket", ticket_id)
    assert json.loads(file.read_text())["tickets"][0]["said"]["name"] == NAME
    assert file.stat().st_mode & 0o077 == 0
    assert "cannot be written" in run("export", str(file), "--ticket", ticket_id, code=1)
    assert "Aborted" in run("erase", "--phone", PHONE, "--reason", "asked", entered="n\n", code=1)
    assert intake.show(ticket_id)["text"] != ERASED
    assert "erased from 1 tickets" in run("erase", "--phone", PHONE, "--reason", "asked", "--yes")
    assert intake.show(ticket_id)["text"] == ERASED
    listed = tmp_path / "erasures.json"
    assert "1 erasures written" in run("erasures", str(listed))
    assert PHONE not in listed.read_text()
    assert "1 erasures applied" in run("apply-erasures", str(listed))
    listed.write_text("{}")
    assert "holds no list" in run("apply-erasures", str(listed), code=1)


def test_what_is_due_and_what_went_is_shown(intake: Intake, run: Any) -> None:
    said = run("retention")
    assert "caller      24 months after the end of the ticket" in said
    assert "0 due, 0 gone; looked at never" in said
    with intake.workshop.open() as work:
        intake.wiring.caller_data.end_retention(work, None)
    (caller,) = [one for one in json.loads(run("retention", "--json")) if one["kept"] == "caller"]
    assert (caller["due"], caller["removed"]) == (0, 0)
    assert caller["finished_at"] is not None


def test_one_person_is_named(run: Any) -> None:
    run("report", code=2)
    run("report", "--phone", PHONE, "--ticket", "x", code=2)


def test_the_key_is_changed_by_the_environment(intake: Intake, run: Any) -> None:
    intake.file(caller={"phone": PHONE})
    url = intake.keys.url.render_as_string(hide_password=False)
    known = {"CLOSEDLOOP_KEYS_DATABASE_URL": url, "CLOSEDLOOP_VAULT_KEY": NEW}
    assert "set it in CLOSEDLOOP_OLD_VAULT_KEYS" in run("rotate-key", code=1, **known)
    done = run("rotate-key", **known, CLOSEDLOOP_OLD_VAULT_KEYS=VAULT_KEY.hex())
    assert "1 keys rewrapped" in done
    assert "0 left" in done
    assert NEW not in done
