"""Settings of the outgoing channels: SMS gateway and mail server."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from services.chassis.channels.email import MailServer, Security, plain_address
from services.chassis.settings import Port, Profile, Settings


def _one_address(address: str) -> str:
    if not plain_address(address):
        raise ValueError("is not one address as name@example.org")
    return address


def safe_url(url: str | None, info: ValidationInfo) -> str | None:
    """Raises ValueError for http outside the demo."""
    if url and url.startswith("http://") and info.data.get("profile") is not Profile.DEMO:
        raise ValueError("is not https: anyone on the network path could read the answers and the token")
    return url


MailAddress = Annotated[str, AfterValidator(_one_address)]


class ChannelSettings(Settings):
    sms_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="give the URL of the gateway for short messages, or leave it out: they wait, or go another way",
    )
    sms_token: SecretStr | None = Field(None, description="give the token by which the gateway knows us")
    smtp_host: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9.:-]+$",
        description="give the mail server, or leave it out: e-mails wait, or go another way",
    )
    smtp_port: Port = Field(587, description="give the mail server's TCP port")
    smtp_security: Security = Field(Security.STARTTLS, validate_default=True, description="give starttls or tls")
    smtp_user: str | None = Field(None, description="give the name by which we log in to the mail server")
    smtp_password: SecretStr | None = Field(None, description="give the password by which we log in to it")
    smtp_from: MailAddress | None = Field(
        None, validate_default=True, description="give the address that e-mails come from"
    )

    @field_validator("sms_url")
    @classmethod
    def _gateway_is_safe(cls, url: str | None, info: ValidationInfo) -> str | None:
        return safe_url(url, info)

    @field_validator("smtp_security")
    @classmethod
    def _mail_is_safe(cls, security: Security, info: ValidationInfo) -> Security:
        if security is Security.NONE and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is none: anyone on the network path could read the messages and the password")
        return security

    @field_validator("smtp_from")
    @classmethod
    def _mail_has_a_sender(cls, sender: str | None, info: ValidationInfo) -> str | None:
        if sender is None and info.data.get("smtp_host"):
            raise ValueError("is missing")
        return sender

    @property
    def mail_server(self) -> MailServer | None:
        """None if none is configured."""
        if not self.smtp_host or not self.smtp_from:
            return None
        password = self.smtp_password.get_secret_value() if self.smtp_password else None
        return MailServer(self.smtp_host, self.smtp_port, self.smtp_from, self.smtp_security, self.smtp_user, password)

    @property
    def sms_secret(self) -> str | None:
        return self.sms_token.get_secret_value() if self.sms_token else None
