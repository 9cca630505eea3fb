"""One way of writing for all texts, and known words found in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.lexicon import Lexicon, normalise
from services.contracts.writing import plain

WORDS = st.lists(st.text("漏水垃圾装修", min_size=1, max_size=4), max_size=8)


@given(st.text(max_size=40))
def test_width_case_script_and_blanks_do_not_matter(text: str) -> None:
    assert normalise(text) == "".join(plain(text).lower().split())
    assert normalise("Ａ樓\u3000着\u200b火 \n漏\ud800水") == "a楼着火漏\ufffd水"


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
