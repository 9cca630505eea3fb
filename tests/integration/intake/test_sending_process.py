"""A sender as a process, killed again and again while the gateway has a message that it has not noted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from demo.sms_gateway import TOKEN, SmsGatewayStandIn, serving
from tests.integration.intake.conftest import VAULT_KEY, Intake
from tests.integration.intake.telling import expire_claims, filed, send_all, sender_to, state_of, tell

KILLS = 20
MESSAGES = 60
SENDER = Path(__file__).with_name("sending_process.py")


@pytest.mark.long
def test_a_process_that_is_killed_twenty_times_sends_every_message_once(intake: Intake) -> None:
    gateway = SmsGatewayStandIn()
    planned = {tell(intake, filed(intake, number)) for number in range(1, MESSAGES + 1)}
    databases = [one.url.render_as_string(hide_password=False) for one in (intake.workshop.engine, intake.keys)]
    running: list[int] = []
    taken = 0

    def kill_at(message: dict[str, Any]) -> None:
        """The gateway has the message; its sender never learns of it."""
        nonlocal taken
        taken += 1
        if taken % 3 == len(running) % 3:
            os.kill(running[-1], signal.SIGKILL)

    gateway.on_message = kill_at
    with serving(gateway) as url:
        arguments = [*databases, url, TOKEN, VAULT_KEY.hex(), intake.clock.now().isoformat()]
        with subprocess.Popen([sys.executable, SENDER, *arguments], stdin=PIPE, stdout=PIPE, text=True) as senders:
            assert senders.stdin
            assert senders.stdout
            for _ in range(KILLS):
                print("be there", file=senders.stdin, flush=True)
                running.append(int(senders.stdout.readline()))
                print("send", file=senders.stdin, flush=True)
                assert int(senders.stdout.readline()) == -signal.SIGKILL
                expire_claims(intake)
        gateway.on_message = lambda _: None
        send_all(intake, sender_to(intake, url))
    assert gateway.messages.keys() == planned, "lost"
    assert gateway.changed == set()
    assert gateway.came.total() > MESSAGES, "nothing was asked for again: no kill came between taking and noting"
    assert {state_of(intake, one) for one in planned} == {("sms", "sent", None)}
