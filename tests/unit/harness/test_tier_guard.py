"""A tier that ran nothing is red."""

from __future__ import annotations

import pytest

PLUGIN = ("-p", "tests.harness.tier_guard", "-p", "no:cacheprovider")


def test_a_tier_without_tests_fails(pytester: pytest.Pytester) -> None:
    assert pytester.runpytest(*PLUGIN).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_tier_whose_tests_were_all_skipped_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.skip\ndef test_nothing(): pass")
    result = pytester.runpytest(*PLUGIN)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines("*a tier that ran nothing proves nothing*")


def test_so_it_does_on_several_workers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.skip\ndef test_nothing(): pass")
    assert pytester.runpytest(*PLUGIN, "-n", "1").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_one_passed_test_is_enough(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.skip\ndef test_nothing(): pass\ndef test_one(): pass")
    assert pytester.runpytest(*PLUGIN).ret == pytest.ExitCode.OK


def test_a_failure_stays_a_failure(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(): assert False")
    assert pytester.runpytest(*PLUGIN).ret == pytest.ExitCode.TESTS_FAILED
