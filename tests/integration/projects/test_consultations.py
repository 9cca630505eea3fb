"""A stored consultation: frozen when announced, ballots only added, counted by its rules, published with reasons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.chassis.database.work import Workshop
from services.cli.main import app
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.harness.consulting import (
    JOIN,
    asked,
    consult,
)
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.loop_of import District

SHED = asked("M16-A", rule="special", wording="新建非机动车棚，约200辆，带充电", removed="原车棚及所占绿地约60平方米")


@pytest.fixture
def district(workshop: Workshop) -> District:
    take(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
    return District(workshop)


@pytest.fixture
def project(district: District) -> str:
    return str(district.decide(hot_issue_id(Cell("quyang-1", "MJ01"), 0), kind="project")["project_id"])


def test_the_record_of_a_published_result_is_recounted_without_the_service(
    district: District, project: str, tmp_path: Path
) -> None:
    one = consult(district.hub, project, [SHED, JOIN], NOW)
    record = district.hub.get(f"/consultations/{one['consultation_id']}/record")
    file = tmp_path / "record.json"
    file.write_bytes(record.content)
    answer = CliRunner().invoke(app, ["consultation", "verify", str(file), "--seal", one["seal"], "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output) == {"valid": True, "seal": one["seal"], "ballots": 6, "faults": []}
