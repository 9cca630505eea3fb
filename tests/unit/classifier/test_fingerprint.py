"""Making fingerprints: stable under one key, quick, of any text."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.fingerprint import fingerprint_of
from services.classifier.domain.lexicon import normalise
from services.contracts.fingerprint import SAID_AT_OPENING
from tests.harness.term_key import TERM_KEY

TEXT = "临溪桥小学旁的工地夜里水泵声音太大"


def test_under_one_key_it_is_the_same_in_every_process_and_version() -> None:
    """Whoever changes this line changes FORM."""
    assert fingerprint_of("水泵声音太大", TERM_KEY) == "Am8FtYp4MN61PT7TRZrYm4o"


@given(st.text(max_size=300))
def test_any_text_has_one_or_none_of_at_most_a_kilobyte(text: str) -> None:
    written = fingerprint_of(normalise(text), TERM_KEY)
    assert written is None or len(written) <= 1024
    TERM_KEY.decode(written)


def test_what_a_text_opens_with_is_stressed() -> None:
    terms = TERM_KEY.decode(fingerprint_of(TEXT + "。" * 40 + "垃圾没有人收", TERM_KEY))
    assert all(terms[term] >= SAID_AT_OPENING for term in TERM_KEY.terms_of("水泵"))
    assert all(terms[term] < SAID_AT_OPENING for term in TERM_KEY.terms_of("垃圾"))


def test_an_address_is_what_its_text_opens_with() -> None:
    terms = TERM_KEY.decode(fingerprint_of("。" * 40 + "垃圾没有人收", TERM_KEY, "丽园小区"))
    assert all(terms[term] >= SAID_AT_OPENING for term in TERM_KEY.terms_of("丽园小区"))
    assert all(terms[term] < SAID_AT_OPENING for term in TERM_KEY.terms_of("垃圾"))


def test_areas_function_words_and_long_numbers_are_no_terms() -> None:
    assert fingerprint_of("a3区", TERM_KEY) is None
    assert fingerprint_of("我们是在的", TERM_KEY) is None
    assert fingerprint_of("13800000000", TERM_KEY) is None
    assert TERM_KEY.decode(fingerprint_of("虹口区水泵", TERM_KEY)) == TERM_KEY.decode(fingerprint_of("水泵", TERM_KEY))


def test_the_order_of_a_text_is_not_kept() -> None:
    assert fingerprint_of("水泵。垃圾", TERM_KEY) == fingerprint_of("垃圾。水泵", TERM_KEY)


def test_a_text_of_250_characters_takes_well_under_a_millisecond() -> None:
    message = normalise(TEXT * 16)[:250]
    began = time.process_time()
    for _ in range(200):
        fingerprint_of(message, TERM_KEY)
    assert (time.process_time() - began) / 200 < 0.001
