"""Runs the whole demo: starts a stack, plays the script, checks the outcome, writes the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from demo.clockwork import BEGIN, midnight
from demo.duty.account import Duty
from demo.evidence import gather
from demo.observer import Observer
from demo.play import Script
from demo.report.chapters import times_reopened
from demo.report.findings import collect
from demo.report.write import Conclusion, write
from demo.rule.account import account as account_of_rule
from demo.rule.account import with_resident
from demo.screen import Show
from demo.stage import staged
from demo.truth import judge

Audience = Callable[[Observer], AbstractContextManager[Show]]


def perform(script: Script, folder: Path, report: Path, audience: Audience) -> dict[str, Any]:
    """Plays `script` on a fresh stack in `folder`, writes the report and returns the figures.

    Raises StartFailed, Refused, NeverQuiet, SceneFailed or httpx.HTTPError. By then everything has been stopped, and
    the logs are in `folder`.
    """
    began = time.monotonic()
    with staged(folder, script.seed) as stage:
        play = stage.play(script)
        interfaces = stage.interfaces
        observer = Observer(interfaces, play)
        with audience(observer) as show:
            end = play.run(show)
        lives = play.scenes.lives()
        findings = collect(interfaces.as_role("hub"), midnight(BEGIN), end)
        calls = list(play.residents.calls.values())
        evidence = gather(stage.stack, play.residents.sent, play.residents.calls.keys())
        outcome, account = stage.messages.outcome(), play.one_caller.account()
        rule = account_of_rule(interfaces, play.case)
        if rule:
            rule = with_resident(rule, interfaces, play.residents.calls, stage.messages)
        duty = Duty(play.subscriber.story, play.officers.story, stage.late_joiner(play))
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
        "messages": {
            "planned": outcome.planned,
            "sent": outcome.sent,
            "withheld": dict(sorted(outcome.withheld.items())),
            "waiting": outcome.waiting,
            "doubled": len(outcome.doubled),
            "unexplained": len(outcome.unexplained),
        },
        "one_caller": {
            "told": len(account.messages) if account else 0,
            "readings": len(account.readings) if account else 0,
            "answered": account is not None and account.answered is not None,
            "forgotten": account is not None and account.places == [],
        },
        "rule": {
            "case": rule.sheet["case"]["state"] if rule else None,
            "rollout": dict(rule.sheet["rollout"]["tally"]) if rule and rule.sheet["rollout"] else {},
            "topic": rule.topic["state"] if rule and rule.topic else None,
        },
        "units": duty.figures,
        "report": str(report),
    }
    seconds = time.monotonic() - began
    estates = len(play.world.district.estates)
    write(
        Conclusion(
            script, figures, findings, evidence, judgement, calls, estates, seconds, lives, outcome, account, rule, duty
        ),
        report,
    )
    return figures
