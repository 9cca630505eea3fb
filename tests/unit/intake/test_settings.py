"""Where callers' keys lie, by intake's settings."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.settings import IntakeSettings
from tests.harness.closed_settings import CLOSED

KEYS = "postgresql+psycopg://intake_keys:secret@db:5432/intake_keys"
SETTINGS: dict[str, Any] = {
    "kafka_bootstrap": "127.0.0.1:1",
    **CLOSED,
    "oidc_issuer": "https://issuer.example",
    "oidc_jwks": "https://issuer.example/jwks.json",
    "operations_token": "sixteen characters",
    "caller_key": "c1d2" * 16,
    "vault_key": "d3e4" * 16,
    "database_url": "postgresql+psycopg://intake:secret@db:5432/intake",
}


def test_the_keys_database_must_be_given_and_its_password_is_not_shown() -> None:
    with pytest.raises(ValidationError, match="keys_database_url"):
        IntakeSettings(**SETTINGS)
    settings = IntakeSettings(**SETTINGS, keys_database_url=KEYS)
    assert settings.keys_database_url == KEYS
    assert KEYS not in repr(settings)


@pytest.mark.parametrize("user", ["intake:secret", "intake_keys:other", "intake"])
def test_it_is_not_intakes_own_by_whichever_user(user: str) -> None:
    with pytest.raises(ValidationError, match="is intake's own database, too"):
        IntakeSettings(**SETTINGS, keys_database_url=f"postgresql+psycopg://{user}@db:5432/intake")


def test_it_may_be_on_another_server_under_the_same_name() -> None:
    elsewhere = "postgresql+psycopg://intake:secret@keys:5432/intake"
    assert IntakeSettings(**SETTINGS, keys_database_url=elsewhere).keys_database_url == elsewhere
