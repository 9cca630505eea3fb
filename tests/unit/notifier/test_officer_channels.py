"""Officers' robots take a key and nothing else; which channels there are is a setting."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.chassis.channels.message import MaybeSent, Message, NotSent
from services.chassis.channels.robot import Robot
from services.notifier.domain.officer import OfficerChannel
from services.notifier.outbound.officer_channels import SCHEMAS, OfficersRobots
from services.notifier.settings import NotifierSettings

KEY = "0123456789abcdef"
KNOWN = {
    "profile": "demo",
    "database_url": "postgresql+psycopg://notifier@127.0.0.1/notifier",
    "kafka_bootstrap": "127.0.0.1:9092",
}


def settings(**given: str) -> NotifierSettings:
    return NotifierSettings.model_validate(KNOWN | given)


@pytest.mark.parametrize(
    "key",
    [
        "127.0.0.1/" + KEY,
        f"{KEY}?redirect=yes",
        f"{KEY}/13812345678",
        f"user@{KEY}",
        "//internal.example/robot",
        "short",
        f"{KEY}\nhost",
        "",
    ],
)
@pytest.mark.parametrize("schema", SCHEMAS.values())
def test_what_is_no_key_reaches_nobody(monkeypatch: pytest.MonkeyPatch, schema: str, key: str) -> None:
    monkeypatch.setattr(Robot, "send", lambda *_: pytest.fail("was sent"))
    with pytest.raises(NotSent, match="not a robot's key") as refused:
        OfficersRobots(schema).send(Message("1", key, "text", "zh"))
    assert not refused.value.passes


def test_what_a_robot_does_not_confirm_goes_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any) -> None:
        raise MaybeSent("did not answer")

    monkeypatch.setattr(Robot, "send", silent)
    with pytest.raises(NotSent) as refused:
        OfficersRobots("feishu").send(Message("1", KEY, "text", "zh"))
    assert not refused.value.passes


def test_channels_are_those_that_are_configured() -> None:
    assert settings().outward.channels == {}
    mail = {"smtp_host": "mail.example", "smtp_from": "Hotline@hongkou.example"}
    outward = settings(sms_url="https://sms.example", officer_robots="wecom,feishu", **mail).outward
    assert outward.channels.keys() == set(OfficerChannel) - {OfficerChannel.DINGTALK}
    assert outward.own == {"hotline@hongkou.example"}


@pytest.mark.parametrize("robots", ["json", "wecom, feishu", "wecom,slack"])
def test_other_services_are_refused(robots: str) -> None:
    with pytest.raises(ValidationError, match="officer_robots"):
        settings(officer_robots=robots)
