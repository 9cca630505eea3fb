"""What a caller's words say of the matter, and how two tickets belong together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.taxonomy import taxonomy
from services.intake.domain.repeats import CallSubject, Repeat, repeat_of
from services.intake.domain.type_words import MOST_TYPES, types_in


def test_the_type_whose_words_the_text_holds_comes_first() -> None:
    for code, problem in taxonomy().types.items():
        assert types_in("，".join(problem.keywords), taxonomy())[0] == code
    assert types_in("你好，请问一下", taxonomy()) == ()
    assert len(types_in("".join("".join(one.keywords) for one in taxonomy().types.values()), taxonomy())) == MOST_TYPES


def test_the_words_count_in_whichever_script_they_are_written() -> None:
    assert types_in("屋頂漏\u200b水", taxonomy()) == types_in("屋顶漏水", taxonomy()) != ()


A = CallSubject("caller-a", "MJ01", "estate-1")


def test_each_kind_of_repeat_has_its_name() -> None:
    assert repeat_of(A, A) is Repeat.SAME_MATTER
    assert repeat_of(A, CallSubject("caller-a", "SC01", "estate-1")) is Repeat.OTHER_MATTER
    assert repeat_of(A, CallSubject("caller-a", "MJ01", "estate-2")) is Repeat.OTHER_MATTER
    assert repeat_of(A, CallSubject("caller-b", "MJ01", "estate-1")) is Repeat.OTHER_CALLER
    assert repeat_of(A, CallSubject(None, "MJ01", "estate-1")) is Repeat.OTHER_CALLER
    assert repeat_of(A, CallSubject("caller-b", "SC01", "estate-1")) is None


def calls() -> st.SearchStrategy[CallSubject]:
    few = st.sampled_from(["a", "b", None])
    return st.builds(CallSubject, few, few, few)


@given(calls(), calls())
def test_two_tickets_belong_together_in_the_same_way_from_either_side(one: CallSubject, other: CallSubject) -> None:
    assert repeat_of(one, other) == repeat_of(other, one)


@given(calls(), calls())
def test_what_is_not_known_is_never_the_same(one: CallSubject, other: CallSubject) -> None:
    kind = repeat_of(one, other)
    if one.caller_ref is None or other.caller_ref is None:
        assert kind in (None, Repeat.OTHER_CALLER)
    if None in (one.type_code, one.estate):
        assert kind in (None, Repeat.OTHER_MATTER)
