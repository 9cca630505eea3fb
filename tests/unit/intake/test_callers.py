"""One caller has one reference, and the reference tells nothing without the key."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.callers import caller_ref, normalise_phone

KEY = bytes(range(32))
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    "writing",
    [
        "13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "+8613812345678", "8613812345678",
        "008613812345678", "0086-138-1234-5678", " 13812345678 ", "１３８１２３４５６７８", "(138)12345678",
        "138–1234–5678", "+86(138)12345678",
    ],
)  # fmt: skip
def test_one_mobile_is_one_caller_however_it_is_written(writing: str) -> None:
    assert normalise_phone(writing) == "13812345678"
    assert caller_ref(KEY, writing) == caller_ref(KEY, "13812345678")


@pytest.mark.parametrize("writing", ["021-65431234", "(021)65431234", "+86 21 6543 1234", "0086 021 65431234"])
def test_one_landline_is_one_caller_however_it_is_written(writing: str) -> None:
    assert normalise_phone(writing) == "02165431234"


@pytest.mark.parametrize("writing", ["+852 2345 6789", "00852-23456789"])
def test_a_number_abroad_keeps_its_country(writing: str) -> None:
    assert normalise_phone(writing) == "0085223456789"


def test_an_extension_is_another_caller() -> None:
    numbers = ["65431234", "65431234转802", "65431234 ext 803", "6543-1234"]
    assert [normalise_phone(one) for one in numbers] == ["65431234", "65431234802", "65431234803", "65431234"]


@pytest.mark.parametrize(
    "writing",
    ["", "abc", "1234", "1" * 16, "没有电话", "13812345678 王建国", "12345 or 67890", "138;1234;5678", "+", "138\n12x"],
)
def test_what_is_no_phone_number_is_refused_with_the_remedy(writing: str) -> None:
    with pytest.raises(ValueError, match="give 5 to 15 digits, or leave the caller's phone out"):
        normalise_phone(writing)


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
