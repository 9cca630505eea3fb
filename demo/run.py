"""Runs the whole demo: starts a stack, plays the script, checks the outcome, writes the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from typing import Any

from demo import city as city_stand_in
from demo import sms_gateway
from demo.city import City
from demo.clockwork import BEGIN, midnight
from demo.evidence import gather
from demo.interfaces import Interfaces
from demo.mailbox import Mailbox
from demo.messages import Messages
from demo.observer import Observer
from demo.play import Play, Script
from demo.replies import Replies
from demo.report.chapters import times_reopened
from demo.report.findings import collect
from demo.report.write import Conclusion, write
from demo.screen import Show
from demo.sms_gateway import SmsGatewayStandIn
from demo.traces import Traces
from demo.truth import judge
from services.chassis.clock import VirtualClock
from services.localstack.stack import Stack

PUBLIC_URL = "http://hotline.invalid"
"""Where callers reach intake, as the links in their messages say; nobody outside the demo can follow them."""

Audience = Callable[[Observer], AbstractContextManager[Show]]


def perform(script: Script, folder: Path, report: Path, audience: Audience) -> dict[str, Any]:
    """Plays `script` on a fresh stack in `folder`, writes the report and returns the figures.

    Raises StartFailed, Refused, NeverQuiet, SceneFailed or httpx.HTTPError. By then everything has been stopped, and
    the logs are in `folder`.
    """
    began = time.monotonic()
    clock = VirtualClock(folder / "clock")
    clock.set(midnight(BEGIN))
    stack = Stack(folder)
    for settings in stack.environment.values():
        settings["CLOCK_FILE"] = str((folder / "clock").resolve())
    # The demo's district is its own: it reads by no register and no model that was made in the folder it is started in.
    stack.environment["classifier"] |= {
        name: str((folder / name.lower()).resolve()) for name in ("MODELS", "REGISTERS")
    }
    city, gateway = City(), SmsGatewayStandIn()
    with ExitStack() as exits:
        stack.environment["intake"] |= {
            "CITY_URL": exits.enter_context(city_stand_in.serving(city)),
            "CITY_TOKEN": city_stand_in.TOKEN,
            "SMS_URL": exits.enter_context(sms_gateway.serving(gateway)),
            "SMS_TOKEN": sms_gateway.TOKEN,
            "PUBLIC_URL": PUBLIC_URL,
        }
        exits.enter_context(stack)
        interfaces = exits.enter_context(Interfaces(stack))
        mailbox = exits.enter_context(Mailbox(stack.bootstrap, stack.flavour))
        replies = exits.enter_context(Replies(stack.bootstrap, stack.flavour, clock))
        messages = exits.enter_context(closing(Messages(stack.database_urls["intake"], gateway, clock.now)))
        play = Play(script, interfaces, mailbox, replies, city, clock, messages, Traces(stack.database_urls))
        observer = Observer(interfaces, play)
        with audience(observer) as show:
            end = play.run(show)
        lives = play.scenes.lives()
        findings = collect(interfaces.as_role("hub"), midnight(BEGIN), end)
        calls = list(play.residents.calls.values())
        evidence = gather(stack, play.residents.sent, play.residents.calls.keys())
        told, account = messages.outcome(), play.one_caller.account()
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
            "planned": told.planned,
            "sent": told.sent,
            "withheld": dict(sorted(told.withheld.items())),
            "waiting": told.waiting,
            "doubled": len(told.doubled),
            "unexplained": len(told.unexplained),
        },
        "one_caller": {
            "told": len(account.told) if account else 0,
            "readings": len(account.readings) if account else 0,
            "answered": account is not None and account.answered is not None,
            "forgotten": account is not None and account.places == [],
        },
        "report": str(report),
    }
    seconds = time.monotonic() - began
    estates = len(play.world.district.estates)
    write(
        Conclusion(script, figures, findings, evidence, judgement, calls, estates, seconds, lives, told, account),
        report,
    )
    return figures
