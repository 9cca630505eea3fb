"""The folder of a local stack: one holder, keys that last, a state that dies with its holder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from services.localstack.processes import StartFailed
from services.localstack.run_directory import RunDirectory, read_state


def test_it_has_one_holder_at_a_time(tmp_path: Path) -> None:
    held = RunDirectory(tmp_path)
    with pytest.raises(StartFailed, match=rf"process {os.getpid()}.*--run-dir"):
        RunDirectory(tmp_path)
    held.release()
    RunDirectory(tmp_path).release()


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = RunDirectory(tmp_path)
    key = first.key("vault")
    first.release()
    again = RunDirectory(tmp_path)
    assert again.key("vault") == key
    assert again.key("caller") != key
    assert len(bytes.fromhex(key)) == 32
    assert stat.S_IMODE((tmp_path / "vault.key").stat().st_mode) == 0o600
    again.release()


def test_its_state_is_read_while_its_holder_lives(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    assert read_state(tmp_path) is None
    directory.write_state({"pid": os.getpid(), "kafka": "here"})
    assert read_state(tmp_path) == {"pid": os.getpid(), "kafka": "here"}
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600
    directory.release()
    assert read_state(tmp_path) is None


def test_the_state_of_a_killed_holder_counts_as_none(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    directory = RunDirectory(tmp_path)
    directory.write_state({"pid": child})
    assert read_state(tmp_path) is None
    directory.release()
