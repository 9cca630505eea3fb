"""Which desks have robots is a setting; whatever is no robot of a desk is refused."""

from __future__ import annotations

from secrets import token_hex

import pytest
from pydantic import ValidationError

from services.chassis.channels.robot import Robot
from services.intake.settings import IntakeSettings

KEY = "0123456789abcdef"


def settings(robots: str) -> IntakeSettings:
    known = {
        "profile": "demo",
        "database_url": "postgresql+psycopg://intake@127.0.0.1/intake",
        "keys_database_url": "postgresql+psycopg://intake_keys@127.0.0.1/intake_keys",
        "kafka_bootstrap": "127.0.0.1:9092",
        "oidc_issuer": "https://issuer.example",
        "oidc_jwks": "https://issuer.example/jwks",
        "caller_key": token_hex(32),
        "vault_key": token_hex(32),
    }
    return IntakeSettings.model_validate({**known, "robots": robots})


def test_desks_have_robots_by_their_codes() -> None:
    found = settings(f"hub=wecombot://{KEY}, housing=feishu://{KEY}").duty_robots
    assert found == {"hub": Robot(f"wecombot://{KEY}"), "housing": Robot(f"feishu://{KEY}")}


@pytest.mark.parametrize(
    ("robots", "why"),
    [
        (f"nobody=wecombot://{KEY}", "names 'nobody'"),
        (f"hub=json://127.0.0.1/{KEY}", "gives hub no robot"),
        (f"hub=wecombot://{KEY}?redirect=yes", "gives hub no robot"),
        (f"hub=dingtalk://{KEY}/13812345678", "gives hub no robot"),
        ("hub=", "gives hub no robot"),
        ("hub", "gives hub no robot"),
    ],
)
def test_what_is_no_robot_of_a_desk_is_refused(robots: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as refused:
        settings(robots)
    assert KEY not in str(refused.value.errors()[0]["msg"])
