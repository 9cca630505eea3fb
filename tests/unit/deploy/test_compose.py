"""docker-compose.yml against the code it runs: its services, their settings, their databases."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from typing import Any

import pytest
from pydantic import SecretStr

from services.chassis.settings import KAFKA_PASSWORD_FILE, PREFIX, KafkaSecurity, Profile, Settings
from services.contracts.services import CALLERS_KEYS, DATABASES, WITH_DATABASE
from services.contracts.topics import SERVICES
from services.localstack.closed_kafka import ADMIN, DEPLOYED, NODE
from tests.harness.closed_settings import AUTHORITY
from tests.unit.deploy.files import ROOT, compose, example, filled, optional, variables

SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
PASSWORD = "/var/lib/closedloop/password"
PASSWORDS = "/var/lib/closedloop/passwords"
OPEN = {name for name, value in example().items() if not value}
GIVEN = {
    **example(),
    "CLOSEDLOOP_OIDC_ISSUER": "https://id.example.org",
    "CLOSEDLOOP_OIDC_JWKS": "https://id.example.org/keys",
    "CLOSEDLOOP_CALLER_KEY": "ab" * 31 + "01",
    "CLOSEDLOOP_VAULT_KEY": "cd" * 31 + "02",
    "CLOSEDLOOP_FINGERPRINT_KEY": "0a" * 31 + "03",
    "CLOSEDLOOP_OPERATIONS_TOKEN": "ef" * 16,
    **{name: f"secret{number}" for number, name in enumerate(sorted(OPEN)) if name.endswith("_PASSWORD")},
}


def _service(name: str) -> dict[str, Any]:
    service: dict[str, Any] = compose()["services"][name]
    return service


def _model(service: str) -> type[Settings]:
    module = importlib.import_module(f"services.{service}.main")
    models = (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Settings))
    return max(models, key=lambda model: len(model.__mro__))


def test_every_service_of_the_code_runs() -> None:
    commands = [tuple(service.get("command", ())) for service in compose()["services"].values()]
    assert {("run", service) for service in SERVICES} <= set(commands)


@pytest.mark.parametrize("service", SERVICES)
def test_a_filled_in_env_gives_a_service_valid_settings(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = _model(service)
    environment = {name: filled(value, GIVEN) for name, value in _service(service)["environment"].items()}
    assert environment.pop(SECRETS_DIR) == PASSWORD
    assert environment.pop(f"{PREFIX}KAFKA_CA") == "/run/secrets/kafka_ca"
    for name, value in environment.items():
        assert name.removeprefix(PREFIX).lower() in model.model_fields, f"{name} is no setting of {service}"
        monkeypatch.setenv(name, value)
    settings = model(kafka_ca=AUTHORITY, kafka_password=SecretStr("of the mounted file"))
    assert (settings.kafka_security, settings.kafka_user) == (KafkaSecurity.SASL_SSL, service)
    assert settings.profile is Profile.PRODUCTION
    assert settings.http_port == 8101 + SERVICES.index(service)
    assert (settings.database_url is not None) == (service in WITH_DATABASE)


CHANNELS = {
    **optional(),
    "CLOSEDLOOP_SMS_URL": "https://sms.example.org",
    "CLOSEDLOOP_SMTP_HOST": "mail.example.org",
    "CLOSEDLOOP_SMTP_FROM": "12345@example.org",
    "CLOSEDLOOP_ROBOTS": "hub=wecombot://0123abcd-KEY",
    "CLOSEDLOOP_OFFICER_ROBOTS": "wecom",
    "INTAKE_PUBLIC_URL": "https://12345.example.org",
    "NOTIFIER_PUBLIC_URL": "https://officers.example.org",
}


@pytest.mark.parametrize("service", ["intake", "notifier"])
def test_who_sends_messages_is_given_the_channels(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _service(service)["environment"].items():
        if name != SECRETS_DIR:
            monkeypatch.setenv(name, filled(value, {**GIVEN, **CHANNELS}))
    settings: Any = _model(service)(kafka_ca=AUTHORITY, kafka_password=SecretStr("of the mounted file"))
    assert settings.mail_server.host == "mail.example.org"
    assert settings.sms_url == "https://sms.example.org"
    assert settings.public_url == CHANNELS[f"{service.upper()}_PUBLIC_URL"]
    assert (settings.officer_robots if service == "notifier" else settings.robots) is not None


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sees_the_authority_and_its_own_password_and_no_other_secret(service: str) -> None:
    described = _service(service)
    assert described["secrets"] == ["kafka_ca"]
    (mounted,) = (one for one in described["volumes"] if isinstance(one, dict))
    assert mounted == {
        "type": "volume", "source": "passwords", "target": PASSWORD, "read_only": True, "volume": {"subpath": service},
    }  # fmt: skip


def test_an_administrator_makes_topics_users_and_rights() -> None:
    for name in ("topics", "access"):
        job = _service(name)
        assert job["environment"]["CLOSEDLOOP_KAFKA_USER"] == ADMIN
        assert job["secrets"] == ["kafka_ca", {"source": "kafka_admin", "target": KAFKA_PASSWORD_FILE}]
        assert job["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert _service("topics")["command"] == ["topics", "apply"]
    assert _service("access")["command"] == ["kafka", "apply", "--passwords", PASSWORDS]
    assert _service("access")["volumes"] == [f"passwords:{PASSWORDS}"]


def test_the_broker_lets_nobody_in_without_a_password_or_the_one_certificate() -> None:
    lines = DEPLOYED.read_text(encoding="utf-8").splitlines()
    properties = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {one.split(":")[1] for one in properties["listener.security.protocol.map"].split(",")} == {"SASL_SSL", "SSL"}
    for listener in (one.split(":")[0] for one in properties["listeners"].split(",")):
        known = properties.get(f"listener.name.{listener.lower()}.ssl.client.auth") == "required"
        assert known or f"listener.name.{listener.lower()}.scram-sha-512.sasl.jaas.config" in properties, listener
    assert properties["super.users"] == f"User:CN={NODE};User:{ADMIN}"
    assert properties["auto.create.topics.enable"] == "false"
    secrets = {f"/run/secrets/{name}" for name in _service("kafka")["secrets"]}
    assert {properties["ssl.keystore.location"], properties["ssl.truststore.location"]} <= secrets
    offered = [filled(one, {}) for one in _service("kafka")["ports"]]
    assert offered == ["127.0.0.1:9095:9095"], "departments' port alone"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_offered_on_its_port_checked_restarted_and_unprivileged(service: str) -> None:
    described = _service(service)
    port = described["environment"]["CLOSEDLOOP_HTTP_PORT"]
    assert [filled(one, {}) for one in described["ports"]] == [f"127.0.0.1:{port}:{port}"]
    assert "/readyz" in described["healthcheck"]["test"][1]
    assert described["restart"] == "unless-stopped"
    assert described["read_only"]
    assert described["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_after_its_topics_and_its_tables(service: str) -> None:
    before = {"topics", "access", *(f"migrate-{one.replace('_', '-')}" for one in DATABASES if one.startswith(service))}
    done = {"condition": "service_completed_successfully"}
    assert _service(service)["depends_on"] == dict.fromkeys(before, done)


@pytest.mark.parametrize("database", DATABASES)
def test_each_database_is_migrated_by_the_role_that_owns_it(database: str) -> None:
    job = _service(f"migrate-{database.replace('_', '-')}")
    keys = database == CALLERS_KEYS
    settings = _service("intake" if keys else database)["environment"]
    url = settings["CLOSEDLOOP_KEYS_DATABASE_URL" if keys else "CLOSEDLOOP_DATABASE_URL"]
    assert job["command"] == ["migrate", database]
    assert job["environment"] == {"CLOSEDLOOP_DATABASE_URL": url}
    assert job["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert f"//{database}:" in url
    assert url.endswith(f"/{database}")


def test_the_example_names_every_variable_and_no_other() -> None:
    assert set(example()) | optional().keys() == variables()
    assert not example().keys() & optional().keys()


def test_no_secret_has_a_value_in_the_example() -> None:
    assert not any(value for name, value in optional().items() if re.search("PASSWORD|TOKEN", name))
    secret = {name for name in example() if re.search("PASSWORD|_KEY|SECRET|TOKEN", name)}
    assert secret <= OPEN
    assert len(secret) == 9


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_the_example_leaves_open_must_be_given(name: str) -> None:
    values = [
        value
        for service in compose()["services"].values()
        for value in service.get("environment", {}).values()
        if f"${{{name}:?" in str(value)
    ]
    assert values, f"nothing insists on {name}"
    with pytest.raises(LookupError, match=name):
        filled(values[0], {**GIVEN, name: ""})


def test_images_are_pinned() -> None:
    for name, service in compose()["services"].items():
        assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+(\.\d+)?", service["image"]), f"{name}: {service['image']}"


def test_what_is_mounted_is_there_and_what_is_kept_is_declared() -> None:
    content = compose()
    for service in content["services"].values():
        for mount in service.get("volumes", ()):
            source = mount["source"] if isinstance(mount, dict) else mount.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in content["volumes"]


def test_compose_itself_accepts_the_file(tmp_path: Any) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed here")
    (tmp_path / "env").write_text("".join(f"{name}={value}\n" for name, value in GIVEN.items()))
    command = [docker, "compose", "--env-file", str(tmp_path / "env"), "config", "--quiet"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
