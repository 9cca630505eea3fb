"""Intake's settings from the environment."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from sqlalchemy import make_url

from services.chassis.channels.robot import ROBOT, Robot
from services.chassis.channels.settings import ChannelSettings, safe_url
from services.chassis.settings import CalendarFile, HexKey, Port
from services.contracts.departments import departments
from services.intake.app.sending_ports import Gateway
from services.intake.domain.duty import HUB
from services.intake.files.sending_rules import sending_rules
from services.intake.outbound.gateways import MailGateway, SmsGateway
from services.intake.store.master_keys import MasterKeys


def _desks(robots: SecretStr | None) -> list[tuple[str, str]]:
    given = robots.get_secret_value() if robots else ""
    parted = (one.strip().partition("=") for one in given.split(",") if one.strip())
    return [(desk, address) for desk, _, address in parted]


def _place(url: str) -> tuple[str | None, int | None, str | None]:
    parts = make_url(url)
    return parts.host, parts.port, parts.database


class IntakeSettings(ChannelSettings):
    http_port: Port = 8101
    keys_database_url: str = Field(
        pattern=r"^postgresql\+psycopg://\S+$",
        repr=False,
        description="give postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE of the callers' keys",
    )
    caller_key: HexKey
    vault_key: HexKey
    old_vault_keys: SecretStr | None = Field(
        None, description="give the vault's former keys, 64 hexadecimal digits each, separated by commas"
    )
    city_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="give the URL of the city's hotline, or leave it out: its messages wait",
    )
    city_token: SecretStr | None = Field(None, description="give the token by which the city's hotline knows us")

    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="give the URL at which callers reach /r/ and /status, or leave it out: messages have no link",
    )
    robots: SecretStr | None = Field(
        None, description="give the duty desks' robots as hub=wecombot://KEY,housing=dingtalk://KEY, or leave it out"
    )
    attachments_dir: Path | None = Field(
        None, description="give the folder that keeps attachments, shared by all processes of intake"
    )
    attachment_scanner: str | None = Field(
        None, description="give a command that exits with 0 for a file, its last word, that may be kept"
    )
    calendar_file: CalendarFile = None

    @field_validator("keys_database_url")
    @classmethod
    def _keys_lie_apart(cls, url: str, info: ValidationInfo) -> str:
        own = info.data.get("database_url")
        if own and _place(own) == _place(url):
            raise ValueError("is intake's own database, too: a dump of it would hold the keys beside what they seal")
        return url

    @field_validator("vault_key")
    @classmethod
    def _keys_differ(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("caller_key") == key:
            raise ValueError("is the caller key, too: whoever learns one would have both")
        return key

    @field_validator("old_vault_keys")
    @classmethod
    def _old_keys_are_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys and not re.fullmatch(r"[0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*", keys.get_secret_value()):
            raise ValueError("is not a list of keys of 32 bytes in hexadecimal (64 digits)")
        return keys

    @property
    def masters(self) -> MasterKeys:
        """The vault's keys: the current one, and the former ones in the order in which they are given."""
        given = self.old_vault_keys.get_secret_value() if self.old_vault_keys else ""
        former = [bytes.fromhex(one) for one in given.split(",") if one]
        return MasterKeys(bytes.fromhex(self.vault_key.get_secret_value()), former)

    @field_validator("city_url", "public_url")
    @classmethod
    def _url_is_safe(cls, url: str | None, info: ValidationInfo) -> str | None:
        return safe_url(url, info)

    @field_validator("robots")
    @classmethod
    def _robots_are_known(cls, robots: SecretStr | None) -> SecretStr | None:
        for desk, address in _desks(robots):
            if desk != HUB and desk not in departments():
                raise ValueError(f"names {desk!r}, which is neither {HUB} nor a department's code")
            if not ROBOT.fullmatch(address):
                raise ValueError(f"gives {desk} no robot: write wecombot://KEY, dingtalk://KEY or feishu://KEY")
        return robots

    @property
    def duty_robots(self) -> dict[str, Robot]:
        """By the desk."""
        return {desk: Robot(address) for desk, address in _desks(self.robots)}

    @property
    def gateways(self) -> list[Gateway]:
        """The gateways that are configured."""
        found: list[Gateway] = []
        if self.sms_url:
            found.append(SmsGateway(self.sms_url, self.sms_secret, sending_rules().passing_statuses))
        if self.mail_server:
            found.append(MailGateway(self.mail_server))
        return found
