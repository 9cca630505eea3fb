"""The rules of sending, and the settings of its gateways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.intake.domain.sending import NextWay, Retrying
from services.intake.domain.telling import Way
from services.intake.files.sending_rules import FILE, sending_rules
from services.intake.settings import IntakeSettings
from tests.harness.closed_settings import CLOSED

RETRY = Retrying(first_s=5, longest_s=60, attempts=4, longest_retry_after_s=600)
SETTINGS: dict[str, Any] = {
    "kafka_bootstrap": "127.0.0.1:1",
    **CLOSED,
    "oidc_issuer": "https://issuer.example",
    "oidc_jwks": "https://issuer.example/jwks.json",
    "operations_token": "sixteen characters",
    "keys_database_url": "postgresql+psycopg://intake_keys:secret@db:5432/intake_keys",
    "caller_key": "c1d2" * 16,
    "vault_key": "d3e4" * 16,
}


def test_waits_double_up_to_the_longest_and_end() -> None:
    assert [RETRY.wait_s(attempts, 1) for attempts in (1, 2, 3, 4)] == [5, 10, 20, None]
    assert Retrying(first_s=5, longest_s=60, attempts=99, longest_retry_after_s=0).wait_s(50, 1) == 60


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_gateway_is_never_asked_sooner_than_it_says_nor_left_for_ever(share: float) -> None:
    assert 300 <= (RETRY.wait_s(1, share, 300) or 0) <= 330
    assert 600 <= (RETRY.wait_s(1, share, 86_400) or 0) <= 660


def test_the_next_way_is_one_that_is_at_hand_and_that_the_occasion_has() -> None:
    rules = sending_rules()
    assert NextWay(rules, frozenset(Way))(Way.SMS, "answered") is Way.EMAIL
    assert NextWay(rules, {Way.SMS, Way.CALL})(Way.SMS, "answered") is Way.CALL
    assert NextWay(rules, frozenset(Way), lambda _: {Way.SMS})(Way.SMS, "answered") is None
    assert NextWay(rules, frozenset(Way))(Way.CALL, "answered") is None


@pytest.mark.parametrize("wrong", ["next_way: {sms: email, email: sms}", "link_days: 0", "retry: {first_s: soon}"])
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, wrong: str) -> None:
    name = wrong.partition(":")[0]
    lines = FILE.read_text(encoding="utf-8").splitlines()
    begins = next(number for number, line in enumerate(lines) if line.startswith(f"{name}:"))
    rest = next((n for n in range(begins + 1, len(lines)) if lines[n][:1] not in (" ", "")), len(lines))
    file = tmp_path / "sending.yaml"
    file.write_text("\n".join([*lines[:begins], wrong, *lines[rest:]]), encoding="utf-8")
    with pytest.raises(InvalidData):
        sending_rules(file)


@pytest.mark.parametrize("setting", ["sms_url", "public_url"])
def test_in_production_nothing_goes_in_the_clear(setting: str) -> None:
    assert getattr(IntakeSettings(**SETTINGS, **{setting: "https://gateway.example"}), setting)
    with pytest.raises(ValidationError, match="is not https"):
        IntakeSettings(**SETTINGS, **{setting: "http://gateway.example"})
    assert IntakeSettings(**SETTINGS, **{setting: "http://127.0.0.1:1"}, profile="demo")


def test_in_production_mail_goes_by_tls_and_has_a_sender() -> None:
    mail = {"smtp_host": "mail.example"}
    with pytest.raises(ValidationError, match="smtp_from"):
        IntakeSettings(**SETTINGS, **mail)
    with pytest.raises(ValidationError, match="is none"):
        IntakeSettings(**SETTINGS, **mail, smtp_from="hotline@hongkou.example", smtp_security="none")
    with pytest.raises(ValidationError, match="is not one address"):
        IntakeSettings(**SETTINGS, **mail, smtp_from="Hotline <hotline@hongkou.example>")
    assert [one.way for one in IntakeSettings(**SETTINGS, **mail, smtp_from="hotline@hongkou.example").gateways] == [
        Way.EMAIL
    ]


def test_without_settings_there_is_no_gateway() -> None:
    assert IntakeSettings(**SETTINGS).gateways == []
