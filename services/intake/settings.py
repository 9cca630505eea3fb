"""Intake's settings from the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from sqlalchemy import make_url

from services.chassis.settings import CalendarFile, HexKey, Port, Profile, Settings
from services.contracts.departments import departments
from services.intake.app.sending_ports import Gateway
from services.intake.domain.duty import HUB
from services.intake.files.sending_rules import sending_rules
from services.intake.outbound.email import MailGateway, MailServer, Security, plain_address
from services.intake.outbound.robot import ROBOT, Robot
from services.intake.outbound.sms import SmsGateway
from services.intake.store.master_keys import MasterKeys


def _one_address(address: str) -> str:
    if not plain_address(address):
        raise ValueError("is not one address as name@example.org")
    return address


def _desks(robots: SecretStr | None) -> list[tuple[str, str]]:
    given = robots.get_secret_value() if robots else ""
    parted = (one.strip().partition("=") for one in given.split(",") if one.strip())
    return [(desk, address) for desk, _, address in parted]


def _place(url: str) -> tuple[str | None, int | None, str | None]:
    parts = make_url(url)
    return parts.host, parts.port, parts.database


MailAddress = Annotated[str, AfterValidator(_one_address)]


class IntakeSettings(Settings):
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
    sms_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="give the URL of the gateway for short messages, or leave it out: they wait",
    )
    sms_token: SecretStr | None = Field(None, description="give the token by which the gateway knows us")
    smtp_host: str | None = Field(
        None, pattern=r"^[A-Za-z0-9.:-]+$", description="give the mail server, or leave it out: e-mails wait"
    )
    smtp_port: Port = Field(587, description="give the mail server's TCP port")
    smtp_security: Security = Field(Security.STARTTLS, validate_default=True, description="give starttls or tls")
    smtp_user: str | None = Field(None, description="give the name by which we log in to the mail server")
    smtp_password: SecretStr | None = Field(None, description="give the password by which we log in to it")
    smtp_from: MailAddress | None = Field(
        None, validate_default=True, description="give the address that e-mails to callers come from"
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

    @field_validator("city_url", "sms_url", "public_url")
    @classmethod
    def _url_is_safe(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url and url.startswith("http://") and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is not https: whoever sits on the way could read the answers and the token")
        return url

    @field_validator("smtp_security")
    @classmethod
    def _mail_is_safe(cls, security: Security, info: ValidationInfo) -> Security:
        if security is Security.NONE and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is none: whoever sits on the way could read the messages and the password")
        return security

    @field_validator("smtp_from")
    @classmethod
    def _mail_has_a_sender(cls, sender: str | None, info: ValidationInfo) -> str | None:
        if sender is None and info.data.get("smtp_host"):
            raise ValueError("is missing")
        return sender

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
            token = self.sms_token.get_secret_value() if self.sms_token else None
            found.append(SmsGateway(self.sms_url, token, sending_rules().passing_statuses))
        if self.smtp_host and self.smtp_from:
            password = self.smtp_password.get_secret_value() if self.smtp_password else None
            server = MailServer(
                self.smtp_host, self.smtp_port, self.smtp_from, self.smtp_security, self.smtp_user, password
            )
            found.append(MailGateway(server))
        return found
