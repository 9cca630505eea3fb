from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.chassis.settings import HexKey, KafkaSecurity, Port, Profile, Settings, load
from tests.harness.closed_settings import AUTHORITY, CLOSED

Variables = dict[str, str | None]


class VaultSettings(Settings):
    http_port: Port = 8101
    vault_key: HexKey


class PlainSettings(Settings):
    http_port: Port = 8101


CLOSED_VARIABLES: Variables = {name.upper(): value for name, value in CLOSED.items()}
PRODUCTION: Variables = {
    **CLOSED_VARIABLES,
    "KAFKA_BOOTSTRAP": "kafka-1:9092,kafka-2:9092",
    "HTTP_HOST": "0.0.0.0",
    "OIDC_ISSUER": "https://id.example.org",
    "OIDC_JWKS": "https://id.example.org/jwks",
    "OPERATIONS_TOKEN": "prometheus-reads-it",
}
DEMO: Variables = {"PROFILE": "demo", "KAFKA_BOOTSTRAP": "127.0.0.1:9092"}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CLOSEDLOOP_"):
            monkeypatch.delenv(name)


def _set(monkeypatch: pytest.MonkeyPatch, variables: Variables) -> None:
    for name, value in variables.items():
        if value is not None:
            monkeypatch.setenv(f"CLOSEDLOOP_{name}", value)


def test_production_is_the_default_and_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, {**PRODUCTION, "DATABASE_URL": "postgresql+psycopg://u:p@db:5432/intake", "INSTANCE": "b"})
    settings = load(PlainSettings)
    assert settings.profile is Profile.PRODUCTION
    assert (settings.http_host, settings.http_port, settings.instance) == ("0.0.0.0", 8101, "b")
    assert settings.oidc_audience == "closedloop"
    assert "u:p@" not in repr(settings)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, {**PRODUCTION, "DATABASE_URL": "", "INSTANCE": "", "HTTP_PORT": ""})
    settings = load(PlainSettings)
    assert (settings.database_url, settings.instance, settings.http_port) == (None, "1", 8101)


def test_the_demo_on_loopback_brings_its_own_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, DEMO)
    settings = load(PlainSettings)
    assert settings.oidc_issuer == "urn:closedloop:demo-issuer"
    assert settings.oidc_jwks == "var/issuer/jwks.json"


WRONG: list[tuple[Variables, list[str]]] = [
    ({**PRODUCTION, "OIDC_ISSUER": None, "OIDC_JWKS": None}, ["OIDC_ISSUER", "OIDC_JWKS"]),
    ({**PRODUCTION, "OIDC_ISSUER": ""}, ["OIDC_ISSUER"]),
    ({**PRODUCTION, "OIDC_ISSUER": "urn:closedloop:demo-issuer"}, ["OIDC_ISSUER"]),
    ({**PRODUCTION, "OIDC_JWKS": "http://id.example.org/jwks"}, ["OIDC_JWKS"]),
    ({**PRODUCTION, "OIDC_JWKS": "ftp://id.example.org/jwks"}, ["OIDC_JWKS"]),
    ({**PRODUCTION, "KAFKA_BOOTSTRAP": None}, ["KAFKA_BOOTSTRAP"]),
    ({**PRODUCTION, "KAFKA_BOOTSTRAP": "kafka"}, ["KAFKA_BOOTSTRAP"]),
    ({**PRODUCTION, "KAFKA_BOOTSTRAP": "kafka:9092,kafka-2"}, ["KAFKA_BOOTSTRAP"]),
    ({**PRODUCTION, "KAFKA_FLAVOUR": "redpanda"}, ["KAFKA_FLAVOUR"]),
    ({**PRODUCTION, "KAFKA_FLAVOUR": "embedded"}, ["KAFKA_FLAVOUR"]),
    ({**DEMO, "KAFKA_FLAVOUR": "embedded", "KAFKA_BOOTSTRAP": "10.1.2.3:9092"}, ["KAFKA_FLAVOUR"]),
    ({**DEMO, "KAFKA_FLAVOUR": "embedded", "KAFKA_SECURITY": "sasl_ssl", **CLOSED_VARIABLES}, ["KAFKA_SECURITY"]),
    ({**PRODUCTION, "KAFKA_SECURITY": "plaintext"}, ["KAFKA_SECURITY"]),
    ({**PRODUCTION, "KAFKA_SECURITY": "ssl"}, ["KAFKA_SECURITY"]),
    ({**PRODUCTION, **dict.fromkeys(CLOSED_VARIABLES)}, ["KAFKA_USER", "KAFKA_PASSWORD", "KAFKA_CA"]),
    ({**DEMO, "KAFKA_SECURITY": "sasl_ssl"}, ["KAFKA_USER", "KAFKA_PASSWORD", "KAFKA_CA"]),
    ({**PRODUCTION, "KAFKA_USER": "intake,admin"}, ["KAFKA_USER"]),
    ({**PRODUCTION, "KAFKA_CA": "/nowhere/ca.pem"}, ["KAFKA_CA"]),
    ({**PRODUCTION, "KAFKA_CA": __file__}, ["KAFKA_CA"]),
    ({**PRODUCTION, "KAFKA_SESSION_TIMEOUT_S": "0"}, ["KAFKA_SESSION_TIMEOUT_S"]),
    ({**PRODUCTION, "DATABASE_URL": "sqlite:///x.db"}, ["DATABASE_URL"]),
    ({**PRODUCTION, "HTTP_PORT": "80801", "JURISDICTION": "Hongkou"}, ["HTTP_PORT", "JURISDICTION"]),
    ({**PRODUCTION, "INSTANCE": "a b"}, ["INSTANCE"]),
    ({**PRODUCTION, "LOG_LEVEL": "loud"}, ["LOG_LEVEL"]),
    ({**PRODUCTION, "PROFILE": "test"}, ["PROFILE"]),
    ({**DEMO, "HTTP_HOST": "0.0.0.0"}, ["HTTP_HOST"]),
    ({**DEMO, "HTTP_HOST": "192.168.1.7"}, ["HTTP_HOST"]),
    ({**DEMO, "HTTP_HOST": "demo.example.org"}, ["HTTP_HOST"]),
    ({**DEMO, "OIDC_ISSUER": "https://id.example.org"}, ["OIDC_JWKS"]),
]


@pytest.mark.parametrize(("variables", "named"), WRONG)
def test_each_wrong_variable_has_its_line_with_name_and_remedy(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: Variables,
    named: list[str],
) -> None:
    _set(monkeypatch, variables)
    with pytest.raises(SystemExit) as ended:
        load(PlainSettings)
    assert ended.value.code == 78
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"CLOSEDLOOP_{name}" for name in named]
    assert all("; " in line for line in lines), "the remedy"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "::1"])
def test_every_loopback_address_will_do_for_the_demo(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    _set(monkeypatch, {**DEMO, "HTTP_HOST": host})
    assert load(PlainSettings).http_host == host


def test_plain_http_keys_are_for_the_demo_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    jwks: Variables = {"OIDC_ISSUER": "http://127.0.0.1:8080", "OIDC_JWKS": "http://127.0.0.1:8080/jwks"}
    _set(monkeypatch, DEMO | jwks)
    assert load(PlainSettings).oidc_jwks == jwks["OIDC_JWKS"]


@pytest.mark.parametrize("key", ["abcd", "0" * 63, "z" * 64, "0" * 66])
def test_a_wrong_secret_is_named_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    _set(monkeypatch, {**PRODUCTION, "VAULT_KEY": key})
    with pytest.raises(SystemExit):
        load(VaultSettings)
    message = capsys.readouterr().err
    assert message.startswith("CLOSEDLOOP_VAULT_KEY: is not 32 bytes in hexadecimal")
    assert key not in message


def test_a_key_of_one_byte_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _set(monkeypatch, {**PRODUCTION, "VAULT_KEY": "00" * 32})
    with pytest.raises(SystemExit):
        load(VaultSettings)
    assert "CLOSEDLOOP_VAULT_KEY: is one byte 32 times" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "says"), [(None, "is missing"), ("short", "at least 16")])
def test_production_does_not_show_its_metrics_to_anybody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: str | None, says: str
) -> None:
    _set(monkeypatch, {**PRODUCTION, "OPERATIONS_TOKEN": given})
    with pytest.raises(SystemExit):
        load(PlainSettings)
    message = capsys.readouterr().err
    assert message.startswith("CLOSEDLOOP_OPERATIONS_TOKEN: ")
    assert says in message


def test_cookies_go_over_tls_alone_but_in_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PRODUCTION)
    assert load(PlainSettings).secure_cookies
    _set(monkeypatch, {"PROFILE": "demo", "HTTP_HOST": "127.0.0.1"})
    assert not load(PlainSettings).secure_cookies


def test_secrets_may_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "closedloop_vault_key").write_text("0f1e" * 16 + "\n")
    _set(monkeypatch, {**PRODUCTION, "SECRETS_DIR": str(tmp_path)})
    settings = load(VaultSettings)
    assert settings.vault_key.get_secret_value() == "0f1e" * 16
    assert "0f1e" not in repr(settings)


def test_production_is_closed_and_the_demo_open_unless_they_say_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PRODUCTION)
    closed = load(PlainSettings)
    assert (closed.kafka_security, closed.kafka_ca) == (KafkaSecurity.SASL_SSL, AUTHORITY)
    assert CLOSED["kafka_password"] not in repr(closed)
    _set(monkeypatch, {"PROFILE": "demo", "HTTP_HOST": "127.0.0.1"})
    assert load(PlainSettings).kafka_security is KafkaSecurity.PLAINTEXT
    _set(monkeypatch, {"KAFKA_SECURITY": "sasl_ssl"})
    assert load(PlainSettings).kafka_security is KafkaSecurity.SASL_SSL


def test_plaintext_in_production_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _set(monkeypatch, {**PRODUCTION, "KAFKA_SECURITY": "plaintext"})
    with pytest.raises(SystemExit):
        load(PlainSettings)
    assert capsys.readouterr().err == (
        "CLOSEDLOOP_KAFKA_SECURITY: is plaintext: whoever reaches the broker would read and forge every event; "
        "give sasl_ssl with KAFKA_USER, KAFKA_PASSWORD and KAFKA_CA; plaintext is for the demo alone\n"
    )
