"""The encoding of a file is found out from all of it, or the byte that does not fit is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.cli.importing import encoding
from services.cli.importing.encoding import encoding_of
from services.cli.importing.table import Unreadable
from tests.unit.cli.importing.files import HEADER, TEXT, csv_file

CONTENT = f"{HEADER}\n" + f"1,漏水,{TEXT},2019-01-06 12:09:38\n" * 3


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_usual_encoding_is_found_out(tmp_path: Path, written: str) -> None:
    file = csv_file(tmp_path, CONTENT, written)
    found = encoding_of(file)
    assert file.read_text(found).removeprefix("\ufeff") == CONTENT


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("漏水屋顶小区三楼请尽快维修abc,0123\n，。", min_size=20), st.sampled_from(["utf-8", "gb18030"]))
def test_chinese_text_is_never_taken_for_another(tmp_path: Path, text: str, written: str) -> None:
    file = csv_file(tmp_path, text, written)
    assert file.read_bytes().decode(encoding_of(file)) == text


def test_a_character_across_two_chunks_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_CHUNK", 7)
    for written in ("utf-8", "gb18030"):
        assert encoding_of(csv_file(tmp_path, CONTENT, written)) == written


@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_utf_8_that_is_damaged_is_still_utf_8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(encoding, "_CHUNK", chunk)
    file = tmp_path / "calls.csv"
    file.write_bytes(CONTENT.encode() + b"\xff" + CONTENT.encode())
    assert encoding_of(file) == "utf-8"


@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_the_first_byte_that_does_not_fit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(encoding, "_CHUNK", chunk)
    file = tmp_path / "calls.csv"
    file.write_bytes("水,".encode() + b"\xff\xff,\xff\xff,\xff\xff")
    with pytest.raises(Unreadable, match=r"neither UTF-8 \(byte 4\)"):
        encoding_of(file)
    with pytest.raises(Unreadable, match="is not utf-8 at byte 4"):
        encoding_of(file, "utf-8")


def test_a_plain_text_with_one_bad_byte_is_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(b"id,text\n" + b"1,leaking roof\n" * 20 + b"2,caf\xe9,\n")
    assert encoding_of(file) == "utf-8"


def test_utf_8_that_ends_within_a_character_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(CONTENT.encode() + "水".encode()[:2])
    with pytest.raises(Unreadable, match="ends within a character: it was cut off"):
        encoding_of(file)


def test_what_is_no_text_is_named_with_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(b"id,text\n1,\xff\xff\xff\n")
    with pytest.raises(Unreadable, match=r"neither UTF-8 \(byte 10\) nor GB18030 \(byte 10\)"):
        encoding_of(file)


def test_the_given_encoding_is_used_and_checked(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "編號,內容\n1,漏水\n", "big5")
    assert encoding_of(file, "big5") == "big5"
    with pytest.raises(Unreadable, match="is not ascii at byte 0"):
        encoding_of(file, "ascii")
    for unknown in ("gb-18030-x", "base64"):
        with pytest.raises(Unreadable, match="gb18030"):
            encoding_of(file, unknown)
