from __future__ import annotations

import pytest

from tests.harness.waiting import eventually


def test_it_returns_the_first_truthy_value() -> None:
    values = iter([0, None, 7])
    assert eventually(lambda: next(values), within=5, every=0.001) == 7


def test_an_assertion_inside_means_not_yet() -> None:
    values = iter([1, 2, 3])

    def third() -> bool:
        assert next(values) == 3
        return True

    assert eventually(third, within=5, every=0.001)


def test_in_vain_it_names_what_it_saw_last() -> None:
    with pytest.raises(AssertionError, match=r"the lag did not come within 0.01 s; last seen: \[\]"):
        eventually(list, within=0.01, every=0.001, what="the lag")


def test_any_other_error_is_the_tests_own() -> None:
    with pytest.raises(ZeroDivisionError):
        eventually(lambda: 1 / 0, within=5)
