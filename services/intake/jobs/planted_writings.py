"""The ways in which people write numbers and accounts, by the kind of secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

Writing = Callable[[str], str]
_ASCII: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FULL_WIDTH: Final = {ord(one): ord(one) + 0xFEE0 for one in _ASCII}
_CHINESE: Final = str.maketrans("0123456789", "零一二三四五六七八九")
_FORMAL: Final = str.maketrans("0123456789", "零壹貳參肆伍陸柒捌玖")
_CIRCLED: Final = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_RADIO: Final = str.maketrans("0123456789", "洞幺两三四五六拐八勾")


def _in(table: Mapping[int, int | str]) -> Writing:
    return lambda secret: secret.translate(table)


def _apart(sign: str, *sizes: int) -> Writing:
    """Broken up into groups of these sizes; what is left is the last group."""

    def written(secret: str) -> str:
        parts, start = [], 0
        for size in (*sizes, len(secret)):
            parts.append(secret[start : start + size])
            start += size
        return sign.join(part for part in parts if part)

    return written


def _keycaps(secret: str) -> str:
    return "".join(f"{one}\ufe0f\u20e3" if one.isdigit() else one for one in secret)


def _after(prefix: str) -> Writing:
    return lambda secret: prefix + secret


def _with(sign: str, instead: str) -> Writing:
    return lambda secret: secret.replace(sign, instead)


def _serial_in(table: Mapping[int, int | str]) -> Writing:
    return lambda plate: plate[:2] + plate[2:].translate(table)


def _same(secret: str) -> str:
    return secret


def _singly(sign: str) -> Writing:
    return lambda secret: sign.join(secret)


_ANY_SCRIPT: Final = (_same, _in(_FULL_WIDTH), _in(_CIRCLED), _singly("\u200b"), _keycaps)
_DIGITS: Final = (*_ANY_SCRIPT, _in(_CHINESE), _singly(" "))
WRITINGS: Final[Mapping[str, Sequence[Writing]]] = {
    "phone": (
        *(*_DIGITS, _in(_FORMAL), _in(_RADIO), _singly("-")),
        *map(_after, ("+86", "0086-", "0", "(+86)")),
        *(_apart(sign, 3, 4) for sign in (*" -._*+/，—~|…\u202d\ufe0f\n", " - ", "😀")),
        *(_apart(" ", *sizes) for sizes in ((4, 4), (2, 3, 3), (5,), (3, 2, 2, 2), (3, 3), (7,))),
    ),
    "landline": (
        *_DIGITS,
        *map(_after, ("021-", "021", "(021)", "+86-21-", "0086 21 ")),
        *(_apart(sign, 4) for sign in (*" -.—\u200b",)),
    ),
    "id": (
        *(*_DIGITS, str.lower, _singly("-")),
        *(_apart(sign, 6, 8) for sign in (*" -，./_",)),
        *(_apart(" ", *sizes) for sizes in ((6, 4, 4), (6, 4, 2, 2), (4, 4, 4, 4), (17,), (6, 6))),
    ),
    "card": (
        *_DIGITS,
        *(_apart(sign, 4, 4, 4, 4) for sign in (*" -._，",)),
        *(_apart(" ", *sizes) for sizes in ((6,), (4,), (8, 8), (5, 5, 5))),
    ),
    "permit": (*_ANY_SCRIPT, str.lower, _apart(" ", 5), _apart("-", 5)),
    "passport": (*_ANY_SCRIPT, str.lower, _apart(" ", 5), _apart("-", 1), _apart(" ", 1)),
    "plate": (
        *(_same, str.lower, _in(_FULL_WIDTH), _singly(" "), _singly("\u200b"), lambda secret: secret[1:]),
        *(_apart(sign, 2) for sign in (*"·• -._",)),
        *(_apart(sign, 1, 1) for sign in (*" -",)),
        *(_serial_in(table) for table in (_CHINESE, _CIRCLED)),
    ),
    "email": (
        *(_same, str.upper, _in({**_FULL_WIDTH, ord("@"): "＠"})),
        *(_with("@", at) for at in ("＠", " @ ", "#", "(at)", "[at]", " at ", "艾特", "@\u200b")),
        *(_with(".com", dot) for dot in ("。com", "点com", " . com", " dot com")),
    ),
    "wechat": (_same, _in(_FULL_WIDTH), _singly("\u200b")),
    "qq": (*_DIGITS, _apart("-", 3, 3), _apart(" ", 4)),
    "flat": (_same, _in(_FULL_WIDTH), _in(_CHINESE), _in(_CIRCLED)),
    "name": (_same, _singly(" "), _singly("·"), _singly("\u200b"), _singly("　")),
    "tail": (*_DIGITS,),
}  # fmt: skip
