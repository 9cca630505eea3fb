"""The real sender on a database, as a process: sends until it is killed. Then another one, as often as wanted.

All are children of this process, which has imported everything once. For each, in turn: a line is read; its pid is
written; it begins to send at another line; its exit code is written.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import datetime

from sqlalchemy import create_engine

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.web.health import Health
from services.intake.app.addressee import CallerOfTicket
from services.intake.app.prepare_telling import PrepareTelling
from services.intake.domain.sending import NextWay
from services.intake.domain.telling import Way
from services.intake.files.sending_rules import sending_rules
from services.intake.outbound.gateways import SmsGateway
from services.intake.outbound.telling_sender import TellingSender
from services.intake.store.caller_keys import CallerKeys
from services.intake.store.master_keys import MasterKeys
from services.intake.store.vault import SealedVault

LONGEST_S = 120


def main(*arguments: str) -> None:
    while sys.stdin.readline():
        pid = os.fork()
        if not pid:
            signal.alarm(LONGEST_S)
            sys.stdin.readline()
            send(*arguments)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def send(database: str, keys_database: str, url: str, token: str, vault_key: str, now: str) -> None:
    engine = engine_for(database, name="sender", idle_in_transaction_s=30)
    workshop = Workshop(engine, FixedClock(datetime.fromisoformat(now)), "/310109/intake")
    keys = CallerKeys(create_engine(keys_database), MasterKeys(bytes.fromhex(vault_key)))
    rules, addressees = sending_rules(), CallerOfTicket(SealedVault(keys))
    prepare = PrepareTelling(lambda *_: None, lambda telling, *_: f"【12345】{telling.facts['what']}", addressees, None)
    gateway = SmsGateway(url, token, rules.passing_statuses)
    sender = TellingSender(gateway, prepare, rules.retry, NextWay(rules, {Way.SMS, Way.CALL}))
    sender.run(workshop, threading.Event(), Health())


main(*sys.argv[1:])
