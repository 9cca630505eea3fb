"""The whole demo: a stack of its own, the play, the judgement, the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from demo.city import TOKEN, City, serving
from demo.clockwork import BEGIN, midnight
from demo.evidence import gather
from demo.interfaces import Interfaces
from demo.mailbox import Mailbox
from demo.play import Play, Script
from demo.replies import Replies
from demo.report.chapters import times_reopened
from demo.report.findings import collect
from demo.report.write import Conclusion, write
from demo.screen import Show
from demo.stage import Observer
from demo.truth import judge
from services.chassis.clock import VirtualClock
from services.cli.local.stack import Stack

Audience = Callable[[Observer], AbstractContextManager[Show]]


def perform(script: Script, folder: Path, report: Path, audience: Audience) -> dict[str, Any]:
    """Plays `script` on a fresh stack in `folder`, writes the report and returns the figures.

    Raises StartFailed, Refused or NeverQuiet; then nothing runs any more, and `folder` holds the logs.
    """
    began = time.monotonic()
    clock = VirtualClock(folder / "clock")
    clock.set(midnight(BEGIN))
    stack = Stack(folder)
    for told in stack.environment.values():
        told["CLOCK_FILE"] = str((folder / "clock").resolve())
    city = City()
    with ExitStack() as exits:
        url = exits.enter_context(serving(city))
        stack.environment["intake"] |= {"CITY_URL": url, "CITY_TOKEN": TOKEN}
        exits.enter_context(stack)
        interfaces = exits.enter_context(Interfaces(stack))
        mailbox = exits.enter_context(Mailbox(stack.bootstrap, stack.flavour))
        replies = exits.enter_context(Replies(stack.bootstrap, stack.flavour, clock))
        play = Play(script, interfaces, mailbox, replies, city, clock)
        observer = Observer(interfaces, play)
        with audience(observer) as show:
            end = play.run(show)
        lives = play.scenes.lives()
        findings = collect(interfaces.as_role("hub"), midnight(BEGIN), end)
        calls = list(play.residents.calls.values())
        evidence = gather(stack, play.residents.sent, play.residents.calls.keys())
    judgement = judge(play.world.faults, calls, findings.hot_issues)
    figures = {
        "tickets": play.residents.sent,
        "lost": len(evidence.lost),
        "duplicated": len(evidence.duplicated),
        "hot_issues": len(findings.hot_issues),
        "missed": len(judgement.missed),
        "false_alarms": len(judgement.false_alarms),
        "projects": len(findings.projects),
        "verified": sum(one["state"] == "verified" for one in findings.hot_issues),
        "reopened": sum(times_reopened(one) > 0 for one in findings.hot_issues),
        "report": str(report),
    }
    seconds = time.monotonic() - began
    estates = len(play.world.district.estates)
    write(Conclusion(script, figures, findings, evidence, judgement, calls, estates, seconds, lives), report)
    return figures
