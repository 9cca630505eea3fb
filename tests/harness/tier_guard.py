"""A tier that ran no test fails: no test found, or every one skipped, is not a pass."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus != pytest.ExitCode.OK or session.config.option.collectonly or reporter is None:
        return
    if not reporter.stats.get("passed"):
        reporter.write_line("no test passed: a tier that ran nothing proves nothing", red=True)
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
