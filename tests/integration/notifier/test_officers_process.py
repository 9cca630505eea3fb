"""What sends to officers as processes, killed again and again in the middle of bundling, closing and sending."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from demo.sms_gateway import TOKEN, SmsGatewayStandIn, serving
from services.chassis.database.work import Workshop
from tests.integration.notifier.officers import SMS, engage, notices_by_end

KILLS = 20
OFFICERS = 3
PROCESS = "tests.integration.notifier.officers_process"
ROOT = Path(__file__).parents[3]
MORNING = datetime(2026, 7, 1, 1, tzinfo=UTC)


def test_twenty_kills_leave_one_message_a_window_with_each_notice_once(workshop: Workshop) -> None:
    gateway = SmsGatewayStandIn()
    for officer in range(OFFICERS):
        engage(workshop, officer, ways=(SMS,))
    database = workshop.engine.url.render_as_string(hide_password=False)
    with serving(gateway) as url:
        arguments = [database, url, TOKEN, MORNING.isoformat(), str(KILLS), str(OFFICERS)]
        command = [sys.executable, "-m", PROCESS, *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    killed, notices = map(int, ran.stdout.split())
    assert killed == KILLS
    said = Counter(number for one in gateway.messages.values() for number in re.findall("#([0-9]+)#", one["text"]))
    assert said == Counter(str(number) for number in range(notices)), "lost or twice"
    assert gateway.changed == set()
    assert gateway.came.total() > len(gateway.messages), "no kill came between taking and noting"
    assert notices_by_end(workshop) == {("sent", None): notices}
    with workshop.engine.connect() as connection:
        ended = connection.execute(text("SELECT status, count(*) FROM officer_messages GROUP BY 1")).all()
        assert [tuple(one) for one in ended] == [("sent", len(gateway.messages))]
        windows = "SELECT count(DISTINCT (officer_id, digest_key, window_start)) FROM officer_messages"
        assert connection.execute(text(windows)).scalar_one() == len(gateway.messages)
