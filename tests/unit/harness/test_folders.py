from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.harness import folders
from tests.harness.folders import Folders


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(folders, "ROOT", tmp_path / "disk")
    monkeypatch.setattr(folders, "_MEMORY", memory)
    monkeypatch.setattr(folders, "_ENOUGH_BYTES", 1)
    return memory


def test_data_in_memory_go_in_the_end_and_logs_stay(memory: Path) -> None:
    made = Folders()
    folder = made.new(in_memory=True)
    (folder / "postgres" / "PG_VERSION").write_text("18")
    (folder / "postgres.log").write_text("started")
    assert (folder / "postgres").resolve().is_relative_to(memory)
    made.remove_data()
    assert list(memory.iterdir()) == []
    assert [file.name for file in folder.iterdir()] == ["postgres.log"]


def test_data_on_disk_go_in_the_end_too(memory: Path) -> None:
    made = Folders()
    folder = made.new()
    (folder / "kafka" / "log").mkdir(parents=True)
    (folder / "broker.log").write_text("started")
    assert not (folder / "kafka").resolve().is_relative_to(memory)
    made.remove_data()
    assert [file.name for file in folder.iterdir()] == ["broker.log"]


@pytest.mark.parametrize("why", ["too little", "none"])
def test_without_enough_memory_all_is_on_disk(memory: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why == "none":
        memory.rmdir()
    else:
        monkeypatch.setattr(folders, "_ENOUGH_BYTES", 2**60)
    assert list(Folders().new(in_memory=True).iterdir()) == []


def test_what_a_killed_session_left_in_memory_is_removed_and_a_running_one_keeps_its_own(memory: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    left, kept = (memory / f"closedloop-tests-{pid}-x" for pid in (ended.pid, os.getpid()))
    for folder in (left, kept):
        (folder / "1" / "postgres").mkdir(parents=True)
    Folders()
    assert kept.exists()
    assert not left.exists()
