"""The whole system on Apache Kafka, undisturbed: the ground that the fault tests stand on."""

from __future__ import annotations

from services.localstack.stack import Stack
from tests.harness import evidence
from tests.harness.clients import token
from tests.harness.load import Load


def test_every_acknowledged_ticket_reaches_its_department_once_and_nothing_is_written_twice(
    apache_stack: Stack,
) -> None:
    load = Load([apache_stack.service("intake").url], token(apache_stack, "hub"), rate=50)
    history = load.run(count=250)
    evidence.settle(apache_stack, history, within=60)
    verdict = evidence.verdict(apache_stack, history)
    print(verdict.line("undisturbed", recovery_s=0))
    assert len(history.acked) == 250
    assert verdict.clean, verdict
    assert verdict.redelivered == 0
