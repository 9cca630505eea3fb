"""One reading of writing: whichever script, width or signs, a text says the same."""

from __future__ import annotations

import unicodedata

import pytest
from hanziconv import HanziConv
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.writing import Traced, plain

SIGNS = st.sampled_from("火樓著１⑬❶㈠⒈㎡…，\u200b\ufe0f\u20e3\u3164\u2800\u0301😀🇻⻔羅é½\u202e\ud800\x00\r\n〇○①")
TEXTS = st.lists(SIGNS | st.characters(), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("三樓著火了，濃煙很大", "三楼着火了,浓烟很大"),
        ("家裡煤氣洩漏、孩子觸電、羣租、牀舖", "家里煤气泄漏、孩子触电、群租、床铺"),
        ("裏面 邨 衖 佔道 証 註 週 汚", "里面 村 弄 占道 证 注 周 污"),
        ("着\u200b火 着\ufe0f火 着\u202d火\u202c 着\u3164火 着\u2800火 着\u0301火", "着火 " * 5 + "着火"),
        ("1️⃣3️⃣8️⃣ １３８ ①③⑧ ❶❸❽ 𝟏𝟑𝟖 ١٣٨ ⓵⓷⓼", "138 " * 6 + "138"),
        ("⽕⻔⺠羅", "火门民罗"),
        ("ＶＸ ⓋⓍ 🅥🅧 🇻🇽 VХ", "VX VX VX VX VX"),
        ("二○二六年 二〇二六年", "二〇二六年 二〇二六年"),
        ("着🔥火", "着 火"),
        ("José JOSE\u0301", "Jose JOSE"),
        ("一行\r二行\u2028三行", "一行\n二行\n三行"),
        ("\ud800", "\ufffd"),
    ],
)
def test_a_text_is_made_plain(written: str, said: str) -> None:
    assert plain(written) == said


@pytest.mark.parametrize("text", ["呼吸困难，猛撞，脊柱", "后来干净，著名的旅行", "凉城路1201弄12号602室 A座"])
def test_simplified_text_keeps_its_characters(text: str) -> None:
    assert plain(text) == text.replace("，", ",").replace("著", "着")


@given(TEXTS)
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(TEXTS)
def test_nothing_unseen_is_left(text: str) -> None:
    assert not {unicodedata.category(c) for c in plain(text)} & {"Cf", "Mn", "Me", "Cs"}


def test_traditional_and_simplified_say_the_same_of_any_usual_character() -> None:
    usual = bytes(n for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF) for n in (high, low)).decode("gb2312")
    pairs = zip(usual, HanziConv.toTraditional(usual), strict=True)
    assert {one: plain(other) for one, other in pairs if plain(one) != plain(other)} == {}


@given(TEXTS, st.data())
def test_a_span_holds_what_it_was_read_from(text: str, data: st.DataObject) -> None:
    read = Traced(text)
    assert read.text == plain(text)
    start = data.draw(st.integers(0, len(read.text)))
    end = data.draw(st.integers(start, len(read.text)))
    first, last = read.span(start, end)
    assert 0 <= first <= last <= len(text)
    if start < end:
        assert read.text[start:end] in plain(text[first:last])
        assert plain(text[:first]) + plain(text[first:last]) + plain(text[last:]) == read.text


def test_what_is_unseen_goes_with_the_character_before_it() -> None:
    text = "打1️⃣3️⃣吧"
    assert text[slice(*Traced(text).span(1, 3))] == "1️⃣3️⃣"
