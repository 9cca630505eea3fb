"""Settings of a service: the environment, prefix `CLOSEDLOOP_`, checked once before anything starts."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78  # sysexits.h: the configuration is wrong; starting again will not help
PREFIX = "CLOSEDLOOP_"

KAFKA_PASSWORD_FILE = f"{PREFIX}KAFKA_PASSWORD".lower()

DEMO_ISSUER = "urn:closedloop:demo-issuer"
DEMO_ISSUER_DIRECTORY = Path("var/issuer")
JWKS_FILE = "jwks.json"


class Profile(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class KafkaFlavour(StrEnum):
    """The kind of broker; code that works around the embedded one's limits depends on it (ADR 26)."""

    APACHE = "apache"
    EMBEDDED = "embedded"


class KafkaSecurity(StrEnum):
    """How clients reach the broker: open to whoever reaches its port, or by TLS and a user's password (ADR 52)."""

    PLAINTEXT = "plaintext"
    SASL_SSL = "sasl_ssl"


def _hex_key(key: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", key.get_secret_value()):
        raise ValueError("is not 32 bytes in hexadecimal (64 digits)")
    if len(set(bytes.fromhex(key.get_secret_value()))) == 1:
        raise ValueError("is one byte 32 times, which anybody would try first")
    return key


HexKey = Annotated[SecretStr, AfterValidator(_hex_key)]
"""32 secret bytes in hexadecimal, never shown in a message (`openssl rand -hex 32` makes one)."""
Port = Annotated[int, Field(ge=0, le=65535, description="give the TCP port of the service's HTTP, 0 for any free one")]

Closed = TypeVar("Closed")

CalendarFile = Annotated[
    Path | None,
    Field(description="give the district's calendar (docs/how-to/announce-a-year.md), or leave it out"),
]


class KafkaSettings(BaseSettings):
    """How to reach the brokers: of every service, and of the commands that read or write topics themselves.

    Each field's description is the remedy shown when its value is wrong.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    profile: Profile = Field(Profile.PRODUCTION, description="give demo or production")
    kafka_bootstrap: str = Field(
        pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$", description="give HOST:PORT of the brokers, separated by commas"
    )
    kafka_flavour: KafkaFlavour = Field(KafkaFlavour.APACHE, description="give apache, or embedded for the demo")
    kafka_doorbell: Path | None = Field(
        None, description="give the folder in which readers of the embedded broker can be rung, or leave it out"
    )
    kafka_security: KafkaSecurity = Field(
        KafkaSecurity.SASL_SSL,
        description="give sasl_ssl with KAFKA_USER, KAFKA_PASSWORD and KAFKA_CA; plaintext is for the demo alone",
    )
    kafka_user: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,63}$",
        validate_default=True,
        description="give the user that `closedloop kafka apply` has made for it",
    )
    kafka_password: SecretStr | None = Field(
        None,
        min_length=1,
        validate_default=True,
        description=f"give the user's password, best as the file {KAFKA_PASSWORD_FILE} of {PREFIX}SECRETS_DIR",
    )
    kafka_ca: Path | None = Field(
        None,
        validate_default=True,
        description="give the PEM file of the authority that has signed the brokers' certificates",
    )

    _kafka_password_file: Path | None = PrivateAttr(None)

    @property
    def kafka_password_file(self) -> Path | None:
        """Where the password came from, if from a file of the secrets: it may change there."""
        return self._kafka_password_file

    @model_validator(mode="before")
    @classmethod
    def _demo_is_open(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The demo's own broker knows no passwords, and stays on loopback; all else is closed unless it says so."""
        if values.get("profile") == Profile.DEMO:
            return {"kafka_security": KafkaSecurity.PLAINTEXT} | values
        return values

    @field_validator("kafka_flavour")
    @classmethod
    def _embedded_is_for_the_demo(cls, flavour: KafkaFlavour, info: ValidationInfo) -> KafkaFlavour:
        if flavour is KafkaFlavour.EMBEDDED:
            if info.data.get("profile") is not Profile.DEMO:
                raise ValueError("is the demo's broker, which lets everybody in and forgets its log")
            addresses = str(info.data.get("kafka_bootstrap", "")).split(",")
            if not all(_is_loopback(address.rpartition(":")[0].strip("[]")) for address in addresses):
                raise ValueError("is the demo's broker, which lets everybody in: it must not be on another machine")
        return flavour

    @field_validator("kafka_doorbell")
    @classmethod
    def _only_the_embedded_needs_it(cls, folder: Path | None, info: ValidationInfo) -> Path | None:
        if folder is not None and info.data.get("kafka_flavour") is not KafkaFlavour.EMBEDDED:
            raise ValueError("is for the embedded broker alone: on Apache Kafka a fetch returns when a record arrives")
        if folder is not None and not folder.is_dir():
            raise ValueError("is not a folder")
        return folder

    @field_validator("kafka_security")
    @classmethod
    def _production_is_closed(cls, security: KafkaSecurity, info: ValidationInfo) -> KafkaSecurity:
        if security is KafkaSecurity.PLAINTEXT and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is plaintext: whoever reaches the broker would read and forge every event")
        if security is KafkaSecurity.SASL_SSL and info.data.get("kafka_flavour") is KafkaFlavour.EMBEDDED:
            raise ValueError("is sasl_ssl, and the embedded broker knows no passwords")
        return security

    @field_validator("kafka_user", "kafka_password", "kafka_ca")
    @classmethod
    def _closed_needs_all(cls, value: Closed, info: ValidationInfo) -> Closed:
        if value is None and info.data.get("kafka_security") is KafkaSecurity.SASL_SSL:
            raise ValueError("is missing")
        return value

    @field_validator("kafka_ca")
    @classmethod
    def _is_an_authority(cls, ca: Path | None) -> Path | None:
        try:
            if ca is not None and not ssl.create_default_context(cafile=ca).get_ca_certs():
                raise ValueError("holds no certificate of an authority")
        except ssl.SSLError:
            raise ValueError("holds no certificate in PEM") from None
        except OSError as error:
            raise ValueError(f"cannot be read ({error.strerror})") from None
        return ca


class Settings(KafkaSettings):
    """Settings of every service."""

    kafka_session_timeout_s: float = Field(10, ge=1, le=300, description="give seconds from 1 to 300")
    database_url: str | None = Field(
        None,
        pattern=r"^postgresql\+psycopg://\S+$",
        repr=False,
        description="give postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE",
    )
    http_host: str = Field("127.0.0.1", description="give the address to listen on")
    http_port: Port
    oidc_issuer: str = Field(min_length=1, description="give the `iss` of the tokens, as the provider states it")
    oidc_audience: str = Field("closedloop", min_length=1, description="give the `aud` that tokens for us carry")
    oidc_jwks: str = Field(min_length=1, description="give the https URL or the file of the issuer's JWKS")
    operations_token: SecretStr | None = Field(
        None,
        min_length=16,
        validate_default=True,
        description="give what Prometheus sends to read /metrics, 16 characters or more (openssl rand -hex 24)",
    )
    jurisdiction: str = Field("310109", pattern=r"^\d{6}$", description="give the district's six digits (GB/T 2260)")
    instance: str = Field(
        "1",
        pattern=r"^[A-Za-z0-9._-]{1,63}$",
        description="give a name that differs from its like's, of letters, digits, dot, dash",
    )
    clock_file: Path | None = Field(None, description="give the file of the demo's clock, or leave it out: real time")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="give debug, info, warning or error"
    )

    @model_validator(mode="before")
    @classmethod
    def _demo_without_issuer(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The demo on loopback may stand on its own issuer (chassis/web/demo_issuer.py); all else must name one."""
        if values.get("profile") == Profile.DEMO and not {"oidc_issuer", "oidc_jwks"} & values.keys():
            return values | {"oidc_issuer": DEMO_ISSUER, "oidc_jwks": str(DEMO_ISSUER_DIRECTORY / JWKS_FILE)}
        return values

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies go over TLS alone: always, but for the demo, which stays on loopback."""
        return self.profile is not Profile.DEMO

    @field_validator("operations_token")
    @classmethod
    def _metrics_are_guarded(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if token is None and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is missing")
        return token

    @field_validator("http_host")
    @classmethod
    def _demo_stays_on_loopback(cls, host: str, info: ValidationInfo) -> str:
        if info.data.get("profile") is Profile.DEMO and not _is_loopback(host):
            raise ValueError("is not a loopback address, and the demo profile must not be reached from outside")
        return host

    @field_validator("clock_file")
    @classmethod
    def _virtual_time_is_for_the_demo(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is for the demo profile alone: deadlines of real people run on real time")
        return file

    @field_validator("oidc_jwks")
    @classmethod
    def _keys_come_safely(cls, jwks: str, info: ValidationInfo) -> str:
        if "://" in jwks and not jwks.startswith(("https://", "http://")):
            raise ValueError("is neither an https URL nor a file path")
        if jwks.startswith("http://") and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is not https: anyone on the network path could replace the keys")
        return jwks

    @field_validator("oidc_issuer")
    @classmethod
    def _demo_issuer_is_for_the_demo(cls, issuer: str, info: ValidationInfo) -> str:
        if issuer == DEMO_ISSUER and info.data.get("profile") is not Profile.DEMO:
            raise ValueError("is the demo's issuer, whose key anybody on its machine may hold")
        return issuer


AnySettings = TypeVar("AnySettings", bound=KafkaSettings)


def load(model: type[AnySettings], **given: Any) -> AnySettings:
    """Reads `model` from the environment, and from files in `CLOSEDLOOP_SECRETS_DIR` (one named like its variable).

    What is `given` stands above both. On error prints one line for each wrong variable (its full name, what is wrong,
    the remedy; never the value, which may be a secret) and raises SystemExit(78).
    """
    folder = os.environ.get(f"{PREFIX}SECRETS_DIR")
    try:
        made = model(_secrets_dir=folder, **given)
        if folder is not None and "kafka_password" not in given:
            made._kafka_password_file = _password_file(Path(folder))
        return made
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            print(_line(model, problem["loc"], problem["type"], problem["msg"]), file=sys.stderr)
        raise SystemExit(EX_CONFIG) from None


def _password_file(folder: Path) -> Path | None:
    """None if the environment gives the password, which stands above the files."""
    if any(value and name.lower() == KAFKA_PASSWORD_FILE for name, value in os.environ.items()):
        return None
    return next((file for file in folder.glob("*") if file.name.lower() == KAFKA_PASSWORD_FILE), None)


def _line(model: type[KafkaSettings], loc: tuple[int | str, ...], kind: str, message: str) -> str:
    field = str(loc[0])
    wrong = "is missing" if kind == "missing" else message.removeprefix("Value error, ")
    return f"{PREFIX}{field.upper()}: {wrong}; {model.model_fields[field].description or 'see docs/architecture.md'}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
