"""The whole demo: a stack of its own, the play, the judgement, the report."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.clockwork import BEGIN, midnight
from demo.evidence import Evidence, gather
from demo.interfaces import Interfaces
from demo.mailbox import Mailbox
from demo.play import Play, Script
from demo.screen import Show
from demo.stage import Observer
from demo.truth import Judgement, judge
from services.chassis.clock import VirtualClock
from services.cli.local.stack import Stack

Audience = Callable[[Observer], AbstractContextManager[Show]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo came to; `figures` is its last line."""

    figures: dict[str, Any]
    evidence: Evidence
    judgement: Judgement
    seconds: float


def perform(script: Script, folder: Path, report: Path, audience: Audience) -> Outcome:
    """Plays `script` on a fresh stack below `folder`, whose logs stay there, and writes the report."""
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clock = VirtualClock(folder / "clock")
    clock.set(midnight(BEGIN))
    stack = Stack(folder)
    for told in stack.environment.values():
        told["CLOCK_FILE"] = str((folder / "clock").resolve())
    with ExitStack() as exits:
        exits.enter_context(stack)
        interfaces = exits.enter_context(Interfaces(stack))
        mailbox = exits.enter_context(Mailbox(stack.bootstrap, stack.flavour))
        play = Play(script, interfaces, mailbox, clock)
        observer = Observer(interfaces, play)
        with audience(observer) as show:
            end = play.run(show)
        evidence = gather(stack, play.residents.sent, play.residents.calls.keys())
        scene = observer.scene(end, 1.0)
        judgement = judge(play.world.faults, play.residents.calls.values(), scene.hot_issues)
        figures = {
            "tickets": play.residents.sent,
            "lost": len(evidence.lost),
            "duplicated": len(evidence.duplicated),
            "hot_issues": len(scene.hot_issues),
            "missed": len(judgement.missed),
            "false_alarms": len(judgement.false_alarms),
            "projects": len(scene.projects),
            "verified": sum(one["state"] == "verified" for one in scene.hot_issues),
            "reopened": 0,
            "report": str(report),
        }
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    return Outcome(figures, evidence, judgement, time.monotonic() - began)
