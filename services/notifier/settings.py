"""Settings of notifier."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator

from services.chassis.channels.email import Mail
from services.chassis.channels.message import Channel
from services.chassis.channels.settings import ChannelSettings, safe_url
from services.chassis.channels.sms import Sms
from services.chassis.settings import Port
from services.notifier.domain.officer import OfficerChannel
from services.notifier.files.sending_rules import sending_rules
from services.notifier.outbound.officer_channels import SCHEMAS, OfficersRobots, Outward


class NotifierSettings(ChannelSettings):
    http_port: Port = 8104
    officer_robots: str | None = Field(
        None,
        pattern=r"^(wecom|dingtalk|feishu)(,(wecom|dingtalk|feishu))*$",
        description="give those of wecom,dingtalk,feishu by which officers may be told, or leave it out: by none",
    )

    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="give the URL at which officers reach /n/, or leave it out: messages have no link",
    )

    @field_validator("public_url")
    @classmethod
    def _url_is_safe(cls, url: str | None, info: ValidationInfo) -> str | None:
        return safe_url(url, info)

    @property
    def outward(self) -> Outward:
        rules = sending_rules()
        found: dict[OfficerChannel, Channel] = {}
        if self.mail_server:
            subjects = {language: frame.subject for language, frame in rules.frames.items()}
            found[OfficerChannel.EMAIL] = Mail(self.mail_server, subjects)
        if self.sms_url:
            found[OfficerChannel.SMS] = Sms(self.sms_url, self.sms_secret, rules.passing_statuses)
        for name in filter(None, (self.officer_robots or "").split(",")):
            found[OfficerChannel(name)] = OfficersRobots(SCHEMAS[OfficerChannel(name)])
        return Outward(found, {self.smtp_from.casefold()} if self.smtp_from else (), self.public_url)
