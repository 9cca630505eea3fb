"""What an attachment is by its bytes, and what is left of it."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.intake.domain.attachment import Media, TooBig, Unacceptable, must_fit
from services.intake.files.attachment_content import MAX_PIXELS, cleaned, media_of
from services.intake.files.attachment_folder import ContentFolder
from services.intake.outbound.scanner import ScannerUnavailable, scanner
from tests.unit.intake.files import PDF, SECRET, bomb, photograph

BROKEN_EXIF = {
    "cut off": b"Exif\0\0MM",
    "garbage": b"Exif\0\0" + bytes(range(40, 90)),
    "an offset beyond the end": b"Exif\0\0II*\0\xff\xff\xff\x7f",
    "a value beyond the end": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\0\0\xff\xff\xff\x7f\0\0\0\0",
    "a text for an orientation": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x02\0\0\0x\0\0\0\0\0\0\0",
}


@pytest.mark.parametrize("exif", BROKEN_EXIF.values(), ids=BROKEN_EXIF.keys())
@pytest.mark.parametrize("media", [Media.JPEG, Media.PNG, Media.WEBP])
def test_broken_exif_costs_a_sound_picture_nothing(media: Media, exif: bytes) -> None:
    file = io.BytesIO()
    Image.new("RGB", (16, 8), "red").save(file, media.split("/")[1].upper(), exif=exif)
    with Image.open(io.BytesIO(cleaned(media, file.getvalue()))) as picture:
        red, green, _ = picture.convert("RGB").getpixel((3, 3))  # type: ignore[misc]
        assert picture.size == (16, 8)
        assert red > 200
        assert green < 60


def test_greys_of_16_bits_are_scaled_and_not_cut() -> None:
    ramp = Image.frombytes("I;16", (256, 1), b"".join(struct.pack("<H", grey * 257) for grey in range(256)))
    file = io.BytesIO()
    ramp.save(file, "PNG")
    with Image.open(io.BytesIO(cleaned(Media.PNG, file.getvalue()))) as picture:
        assert [picture.convert("L").getpixel((x, 0)) for x in (0, 64, 128, 255)] == [0, 64, 128, 255]


@pytest.mark.parametrize("media", [Media.JPEG, Media.PNG, Media.WEBP])
def test_of_a_photograph_only_its_dots_are_kept(media: Media) -> None:
    taken = photograph(media)
    assert media_of(taken) is media
    kept = cleaned(media, taken)
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((40, 20), {})
        assert media_of(kept) is media
    assert cleaned(media, taken) == kept


def test_a_photograph_taken_upright_is_kept_upright() -> None:
    with Image.open(io.BytesIO(cleaned(Media.JPEG, photograph(orientation=6)))) as picture:
        assert picture.size == (20, 40)
        top, bottom = picture.getpixel((10, 5)), picture.getpixel((10, 35))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > top[2]
    assert bottom[2] > 200 > bottom[0]


@pytest.mark.parametrize("side", [60_000, 8_000])
def test_a_picture_that_would_fill_the_memory_is_not_drawn(side: int) -> None:
    assert side * side > MAX_PIXELS
    with pytest.raises(Unacceptable, match="send it smaller"):
        cleaned(Media.PNG, bomb(side))


def test_a_broken_picture_is_refused() -> None:
    whole = photograph()
    for broken in (whole[: len(whole) // 2], whole[:30]):
        with pytest.raises(Unacceptable, match="broken picture"):
            cleaned(media_of(broken), broken)


@pytest.mark.parametrize("no_pdf", [b"%PDF-1.4 but only in name", PDF[:40], PDF.replace(b"startxref", b"start")])
def test_a_pdf_that_is_none_is_refused(no_pdf: bytes) -> None:
    with pytest.raises(Unacceptable, match="is none, or is cut off"):
        cleaned(media_of(no_pdf), no_pdf)


def test_a_pdf_and_a_text_are_kept_as_they_are() -> None:
    assert cleaned(media_of(PDF), PDF) == PDF
    for text in ("BM 开头的字也是字", "第一行\r\n第二行\t。"):
        assert media_of(text.encode()) is Media.TEXT
        assert cleaned(Media.TEXT, text.encode()) == text.encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n", "no file of a kind"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "is application/x-msdownload"),
        (b"GIF89a\x01\x00\x01\x00\x00", "is image/gif"),
        ("楼顶漏雨，请来修".encode("gb18030"), "plain text in UTF-8"),
        (b"a\x00b", "no file of a kind"),
    ],
)
def test_what_is_nothing_that_we_keep_is_refused_by_what_it_is(content: bytes, why: str) -> None:
    with pytest.raises(Unacceptable, match=why):
        media_of(content)


@given(st.binary(max_size=300) | st.sampled_from(["", "GIF89a", "%PDF-"]).map(str.encode), st.binary(max_size=60))
def test_any_bytes_are_kept_or_refused_and_nothing_else(content: bytes, more: bytes) -> None:
    try:
        kept = cleaned(media_of(content + more), content + more)
    except Unacceptable:
        return
    assert media_of(kept) is media_of(content + more)


def test_a_type_must_be_declared_as_what_it_is_if_at_all() -> None:
    for declared in (None, "", "application/octet-stream", "image/jpeg", "IMAGE/JPG", "image/jpeg; q=1"):
        must_fit(Media.JPEG, 10, declared)
    for declared in ("image/png", "text/html", "application/pdf"):
        with pytest.raises(Unacceptable, match="send it as what it is"):
            must_fit(Media.JPEG, 10, declared)


@pytest.mark.parametrize("media", Media)
def test_each_type_has_its_limit(media: Media) -> None:
    must_fit(media, media.limit, None)
    with pytest.raises(TooBig, match="send it smaller"):
        must_fit(media, media.limit + 1, None)


def test_a_content_is_kept_once_under_its_hash_and_no_draft_stays(tmp_path: Path) -> None:
    folder = ContentFolder(tmp_path / "new")
    assert folder.keep(b"one") == folder.keep(b"one") != folder.keep(b"two")
    files = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in files) == [b"one", b"two"]
    assert folder.read(folder.keep(b"one")) == b"one"
    assert folder.read("0" * 64) is None


def test_a_full_disk_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        ContentFolder(tmp_path).keep(b"one")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_scanner_says_what_is_kept() -> None:
    judge = f"{sys.executable} -c \"import sys; sys.exit(b'evil' in open(sys.argv[1], 'rb').read())\""
    scan = scanner(judge)
    scan(b"good")
    with pytest.raises(Unacceptable, match="refused by the scanner"):
        scan(b"evil")
    with pytest.raises(ScannerUnavailable):
        scanner("/nowhere/scanner")(b"good")
    scanner(None)(b"evil")
