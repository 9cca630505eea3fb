from __future__ import annotations

import stat
from pathlib import Path

import pytest

from services.chassis.settings import Settings
from services.chassis.web.demo_issuer import DemoIssuer
from services.chassis.web.identity import Role, Verifier
from services.chassis.web.problems import Problem


def _verifier(issuer: DemoIssuer) -> Verifier:
    settings = Settings(
        profile="demo", kafka_bootstrap="localhost:9092", http_port=0,
        oidc_issuer="urn:closedloop:demo-issuer", oidc_jwks=str(issuer.jwks),
    )  # fmt: skip
    return Verifier(settings)


def test_a_minted_token_is_accepted(tmp_path: Path) -> None:
    issuer = DemoIssuer.ensure(tmp_path / "var" / "issuer")
    actor = _verifier(issuer).verify(issuer.mint("wang", ["department:water"]))
    assert (actor.subject, actor.roles, actor.departments) == (
        "wang",
        frozenset({Role.DEPARTMENT}),
        frozenset({"water"}),
    )


def test_the_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    DemoIssuer.ensure(tmp_path / "issuer")
    assert stat.S_IMODE((tmp_path / "issuer" / "private.pem").stat().st_mode) == 0o600
    assert "PRIVATE" not in (tmp_path / "issuer" / "jwks.json").read_text()
    assert '"d"' not in (tmp_path / "issuer" / "jwks.json").read_text()


def test_an_issuer_that_exists_is_kept_and_its_keys_published_again(tmp_path: Path) -> None:
    token = DemoIssuer.ensure(tmp_path).mint("wang", ["hub"])
    (tmp_path / "jwks.json").unlink()
    issuer = DemoIssuer.ensure(tmp_path)
    assert _verifier(issuer).verify(token).subject == "wang"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jwks.json", "private.pem"]


def test_a_minted_token_expires(tmp_path: Path) -> None:
    issuer = DemoIssuer.ensure(tmp_path)
    with pytest.raises(Problem, match="expired"):
        _verifier(issuer).verify(issuer.mint("wang", ["hub"], hours=-1))


def test_opening_an_issuer_that_is_not_there_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DemoIssuer(tmp_path)
