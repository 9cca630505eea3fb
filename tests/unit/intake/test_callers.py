"""One caller has one reference, and the reference tells nothing without the key."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.callers import caller_ref

KEY = bytes(range(32))
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def test_one_caller_has_one_reference_however_the_number_is_written() -> None:
    mobile = {caller_ref(KEY, one) for one in ("13812345678", "+86 138 1234 5678", "013812345678", "13812345678.0")}
    landline = {caller_ref(KEY, one) for one in ("65431234", "021-65431234", "+86 21 6543 1234")}
    assert (len(mobile), len(landline), len(mobile | landline)) == (1, 1, 2)


@pytest.mark.parametrize("phone", ["00000000", "11111111", "12345", "12345678"])
def test_a_number_of_nobody_is_an_anonymous_call(phone: str) -> None:
    assert caller_ref(KEY, phone) is None
    assert caller_ref(KEY, phone, source_id="U7") == caller_ref(KEY, source_id="U7")


@pytest.mark.parametrize("source_id", ["匿名网友", "匿名", "无", "-", "000", "138****8000"])
def test_an_id_of_nobody_is_an_anonymous_call(source_id: str) -> None:
    assert caller_ref(KEY, source_id=source_id) is None


@given(st.sets(MOBILES, min_size=2, max_size=50))
def test_distinct_callers_have_distinct_references(phones: set[str]) -> None:
    assert len({caller_ref(KEY, phone) for phone in phones}) == len(phones)


@given(phone=MOBILES, other_key=st.binary(min_size=32, max_size=32).filter(lambda key: key != KEY))
def test_without_the_key_the_reference_cannot_be_made(phone: str, other_key: bytes) -> None:
    reference = caller_ref(KEY, phone)
    assert reference != caller_ref(other_key, phone)
    assert reference not in {hashlib.sha256(text.encode()).hexdigest()[:32] for text in (phone, f"phone:{phone}")}
    assert phone not in reference
    assert len(reference) == 32
