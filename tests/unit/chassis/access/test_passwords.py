"""Passwords are random, lie in files of their owner, and are on disk before the broker knows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.chassis.messaging.access.passwords import (
    PasswordFileRefused,
    PasswordFolder,
    new_password,
    put_in_place,
    write_private,
)


def test_a_password_is_random_and_needs_no_quoting() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) >= 40 and set(one) <= set("-_") | set(map(chr, range(128))) for one in made)
    assert all(character.isalnum() or character in "-_" for one in made for character in one)


def test_a_file_is_its_owners_alone_and_stands_beside_its_place_until_it_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "new" / "intake.password"
    file.parent.mkdir()
    file.write_text("old")
    file.chmod(0o644)
    write_private({file: "new"})
    assert file.read_text() == "old"
    assert (tmp_path / "new" / "intake.password.next").read_text() == "new"
    put_in_place({file: "new"})
    assert (file.read_text(), oct(file.stat().st_mode)[-3:]) == ("new", "600")
    assert [one.name for one in file.parent.iterdir()] == ["intake.password"]


def test_what_a_killed_run_left_is_written_again(tmp_path: Path) -> None:
    left = tmp_path / "intake.password.next"
    left.write_text("of a run that was killed")
    left.chmod(0o666)
    write_private({tmp_path / "intake.password": "new"})
    assert (left.read_text(), oct(left.stat().st_mode)[-3:]) == ("new", "600")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PasswordFileRefused, match=r"file/intake\.password: cannot be written .*; name another place"):
        write_private({tmp_path / "file" / "intake.password": "new"})


@pytest.mark.parametrize("content", ["", "short", "密码密码密码密码密码密码密码密码密码"])
def test_a_file_that_holds_no_password_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    folder = PasswordFolder(tmp_path)
    folder.file("intake").parent.mkdir()
    folder.file("intake").write_text(content)
    with pytest.raises(PasswordFileRefused, match="kafka_password: holds no password of 16 or more") as refused:
        folder.given("intake")
    assert not content or content not in str(refused.value)


def test_a_password_that_was_made_beforehand_is_taken(tmp_path: Path) -> None:
    folder = PasswordFolder(tmp_path)
    assert folder.given("intake") is None
    folder.file("intake").parent.mkdir()
    folder.file("intake").write_text("made-before-the-broker\n")
    assert folder.given("intake") == "made-before-the-broker"
