"""Which encoding a text file is in."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from services.cli.importing.table import Unreadable

DAMAGED = "closedloop.damaged"
"""The name of the error handler that puts DAMAGED_SIGN for bytes that are no character."""
DAMAGED_SIGN = "\udfff"
"""Half of a surrogate pair: no text holds it, so damage is distinct from everything else."""

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GOOD_PER_DAMAGED = 10
"""So many characters of an encoding in good order for each damaged one are no accident."""
_ASCII_PER_DAMAGED = 100
_DAMAGE = re.compile("\udfff+")
_REMEDY = "export it again, or name its encoding with --encoding"


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return DAMAGED_SIGN, error.end


codecs.register_error(DAMAGED, _mark)


@dataclass(slots=True)
class _Trial:
    """How well an encoding fits a file. `damaged` counts places, `first_damaged` is a byte."""

    characters: int = 0
    beyond_ascii: int = 0
    damaged: int = 0
    first_damaged: int | None = None
    cut_off: bool = False

    @property
    def fits(self) -> bool:
        return not self.damaged and not self.cut_off

    @property
    def evident(self) -> bool:
        """Whether the characters beyond ASCII that fit cannot be an accident."""
        return self.beyond_ascii >= max(1, self.damaged) * _GOOD_PER_DAMAGED

    @property
    def nearly_fits(self) -> bool:
        return self.characters >= self.damaged * _ASCII_PER_DAMAGED


def encoding_of(path: Path, named: str | None = None) -> str:
    """`named`, or else UTF-8, UTF-16 or GB18030 (with GBK and GB2312). A few damaged characters do not matter.

    Reads the whole file in constant memory. Raises Unreadable, which names the first byte that does not fit, if the
    file is in none of them or ends within a character.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    certain = named or next((name for bom, name in _BOMS if head.startswith(bom)), None) or _utf16_without_bom(head)
    if certain is not None:
        _check_known(certain)
        trial = _try(certain, path)
        if not (trial.fits or trial.evident or trial.nearly_fits):
            raise Unreadable(f"is not {certain} at byte {trial.first_damaged}: {_REMEDY}")
        return _whole(certain, trial)
    utf_8 = _try("utf-8", path)
    if utf_8.fits or utf_8.evident:
        return _whole("utf-8", utf_8)
    gb18030 = _try("gb18030", path)
    if gb18030.fits or gb18030.evident:
        return _whole("gb18030", gb18030)
    if utf_8.nearly_fits:
        return _whole("utf-8", utf_8)
    raise Unreadable(
        f"is neither UTF-8 (byte {utf_8.first_damaged}) nor GB18030 (byte {gb18030.first_damaged}): {_REMEDY}"
    )


def _whole(encoding: str, trial: _Trial) -> str:
    if trial.cut_off:
        raise Unreadable(f"is {encoding} and ends within a character: it was cut off; copy or export it again")
    return encoding


def _check_known(encoding: str) -> None:
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError
    except LookupError:
        raise Unreadable(
            f"--encoding {encoding!r} is not known: say for example utf-8, gb18030, utf-16, big5"
        ) from None


def _utf16_without_bom(head: bytes) -> str | None:
    """Commas, digits and line ends are half NUL in UTF-16, always the same half."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 50 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _try(encoding: str, path: Path) -> _Trial:
    trial, decoder, consumed = _Trial(), codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                # The decoder puts before a chunk what it kept of the last one.
                trial.first_damaged = consumed - (len(error.object) - len(chunk)) + error.start
                decoder.errors = DAMAGED
                text = decoder.decode(chunk)
            damaged = _DAMAGE.findall(text)
            trial.damaged += len(damaged)
            trial.characters += len(text)
            trial.beyond_ascii += len(text) - len(text.encode("ascii", "ignore")) - len("".join(damaged))
            consumed += len(chunk)
    rest = decoder.getstate()[0]
    trial.cut_off = bool(rest)
    if trial.cut_off and trial.first_damaged is None:
        trial.first_damaged = consumed - len(rest)
    return trial
