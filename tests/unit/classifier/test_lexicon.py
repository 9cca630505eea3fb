"""One way of writing for all texts, and known words found in them."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.lexicon import Lexicon, normalise

PIECES = st.sampled_from(["漏水", "Ａ", "，", "…", "　", "\n", "é", "e\u0301", "㈱", "ｶﾞ", "１弄", "\u3099", "か", "½"])
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)
WORDS = st.lists(st.text("漏水垃圾装修", min_size=1, max_size=4), max_size=8)


@given(TEXTS)
def test_a_usual_text_is_written_as_unicode_has_it_for_any_text(text: str) -> None:
    folded = "".join(unicodedata.normalize("NFKC", text).lower().split())
    halves = {ord(one): "\ufffd" for one in folded if "\ud800" <= one <= "\udfff"}
    assert normalise(text) == folded.translate(halves)


def test_half_a_pair_of_surrogates_is_no_longer_one() -> None:
    assert normalise("漏\ud800水") == "漏\ufffd水"


@given(WORDS, st.text("漏水垃圾装修", max_size=30))
def test_the_longest_word_at_each_place_is_found(words: list[str], text: str) -> None:
    expected: dict[str, list[int]] = {}
    start = 0
    while start < len(text):
        longest = max((word for word in words if text.startswith(word, start)), key=len, default=None)
        if longest:
            expected.setdefault(longest, []).append(start + len(longest) - 1)
        start += len(longest or "x")
    assert Lexicon(words).find(text) == expected
