"""A service whose calendar file is wrong does not start, and says what to correct."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.settings import EX_CONFIG


@pytest.mark.parametrize("service", ["intake", "projects"])
def test_a_wrong_calendar_ends_the_start_with_line_and_remedy(service: str, tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("date,day\n2027-01-01,off\n2027-02-09,work\n", encoding="utf-8")
    settings = {
        "PROFILE": "demo",
        "KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "KEYS_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/keys",
        "CALLER_KEY": "ab" * 31 + "01",
        "VAULT_KEY": "cd" * 31 + "02",
        "FINGERPRINT_KEY": "ef" * 31 + "03",
        "CALENDAR_FILE": str(file),
    }
    done = subprocess.run(
        [sys.executable, "-m", "services.cli.main", "run", service],
        env=os.environ | {f"CLOSEDLOOP_{name}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == EX_CONFIG
    why = "2027.csv, line 3: 2027-02-09 is no weekend; correct the date or remove the line"
    assert done.stderr.splitlines()[-1] == why
