"""Making fingerprints: stable for ever, quick, of any text, and no text comes back from one."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.fingerprint import fingerprint_of
from services.classifier.domain.lexicon import normalise
from services.contracts.fingerprint import TOLD_AT_OPENING, decode, terms_of

TEXT = "临溪桥小学旁的工地夜里水泵声音太大"


def test_it_is_the_same_in_every_process_and_version() -> None:
    """Whoever changes this line changes FORM."""
    assert fingerprint_of("水泵声音太大") == "AT7ollN5Ml-1YtwIqvTO2g"


@given(st.text(max_size=300))
def test_any_text_has_one_or_none_of_at_most_a_kilobyte(text: str) -> None:
    written = fingerprint_of(normalise(text))
    assert written is None or len(written) <= 1024
    decode(written)


def test_what_a_text_opens_with_is_stressed() -> None:
    terms = decode(fingerprint_of(TEXT + "。" * 40 + "垃圾没有人收"))
    assert all(terms[term] >= TOLD_AT_OPENING for term in terms_of("水泵"))
    assert all(terms[term] < TOLD_AT_OPENING for term in terms_of("垃圾"))


def test_areas_function_words_and_long_numbers_are_no_terms() -> None:
    assert fingerprint_of("a3区") is None
    assert fingerprint_of("我们是在的") is None
    assert fingerprint_of("13800000000") is None
    assert decode(fingerprint_of("虹口区水泵")) == decode(fingerprint_of("水泵"))


def test_the_order_of_a_text_does_not_come_back() -> None:
    assert fingerprint_of("水泵。垃圾") == fingerprint_of("垃圾。水泵")


def test_a_text_of_250_characters_takes_well_under_a_millisecond() -> None:
    message = normalise(TEXT * 16)[:250]
    began = time.perf_counter()
    for _ in range(200):
        fingerprint_of(message)
    assert (time.perf_counter() - began) / 200 < 0.001
