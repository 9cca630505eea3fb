from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from pydantic import SecretStr

from services.chassis.settings import Settings
from services.chassis.web import identity
from services.chassis.web.identity import LEEWAY_S, Actor, Role, Verifier, parse_role
from services.chassis.web.problems import Problem
from tests.harness.closed_settings import CLOSED

ISSUER = "https://id.example.org/realms/hongkou"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = ec.generate_private_key(ec.SECP256R1())

KEYS = [
    RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True) | {"kid": "rsa"},
    ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True) | {"kid": "ec", "use": "sig", "alg": "ES256"},
    {"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"s" * 32).decode(), "alg": "HS256"},
    ECAlgorithm.to_jwk(STRANGER.public_key(), as_dict=True) | {"kid": "for-encryption", "use": "enc"},
]


DAY_S = 86_400
"""Tokens are made when the module is read, and a busy machine may come to its tests much later."""


def _claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": "closedloop", "sub": "u-1", "exp": now + 2 * DAY_S, "roles": ["hub"]} | changed
    return {name: value for name, value in claims.items() if value is not None}


def _token(key: Any = EC_KEY, algorithm: str | None = "ES256", kid: str | None = "ec", **changed: Any) -> str:
    return jwt.encode(_claims(**changed), key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def _settings(jwks: Path) -> Settings:
    return Settings(
        kafka_bootstrap="kafka:9092", http_port=0, oidc_issuer=ISSUER, oidc_jwks=str(jwks),
        operations_token=SecretStr("prometheus-reads-it"), **CLOSED,
    )  # fmt: skip


@pytest.fixture(scope="module")
def jwks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("issuer") / "jwks.json"
    path.write_text(json.dumps({"keys": KEYS}))
    return path


@pytest.fixture(scope="module")
def verifier(jwks: Path) -> Verifier:
    return Verifier(_settings(jwks))


def _hmac_with_public_key() -> str:
    """The confusion of algorithms: an HS256 token whose secret is the issuer's public key (CVE-2015-9235)."""
    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body = (_segment(part) for part in ({"alg": "HS256", "kid": "rsa"}, _claims()))
    signature = hmac.new(pem, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def _segment(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _tampered() -> str:
    head, _, signature = _token().split(".")
    return f"{head}.{_segment(_claims(roles=['admin']))}.{signature}"


NOW = int(time.time())
REFUSED = {
    "expired": (_token(exp=NOW - 60), "token-expired"),
    "not yet valid": (_token(nbf=NOW + DAY_S), "token-not-yet-valid"),
    "issued in the future": (_token(iat=NOW + DAY_S), "token-not-yet-valid"),
    "from another issuer": (_token(iss="https://elsewhere.example.org"), "wrong-issuer"),
    "for another audience": (_token(aud="payroll"), "wrong-audience"),
    "for other audiences": (_token(aud=["payroll", "mail"]), "wrong-audience"),
    "without expiry": (_token(exp=None), "claim-missing"),
    "without issuer": (_token(iss=None), "claim-missing"),
    "without audience": (_token(aud=None), "claim-missing"),
    "without subject": (_token(sub=None), "claim-missing"),
    "subject no string": (_token(sub=None) and _token(sub=["u-1"]), "malformed-token"),
    "expiry no number": (_token(exp="soon"), "malformed-token"),
    "forged with a stranger's key": (_token(key=STRANGER), "bad-signature"),
    "changed after signing": (_tampered(), "bad-signature"),
    "signed with an unpublished key": (_token(key=STRANGER, kid="new"), "unknown-key"),
    "signed with a key not for signing": (_token(key=STRANGER, kid="for-encryption"), "unknown-key"),
    "naming no key": (_token(kid=None), "unknown-key"),
    "unsigned": (_token(key=None, algorithm="none", kid="ec"), "wrong-algorithm"),
    "HS256 with the shared key": (_token(key=b"s" * 32, algorithm="HS256", kid="shared"), "unknown-key"),
    "HS256 with the public key": (_hmac_with_public_key(), "wrong-algorithm"),
    "RS512": (_token(key=RSA_KEY, algorithm="RS512", kid="rsa"), "wrong-algorithm"),
    "ES256 naming the RSA key": (_token(kid="rsa"), "wrong-algorithm"),
    "not a token": ("wang", "malformed-token"),
    "three dots": ("a.b.c", "malformed-token"),
    "claims that are a list": (jwt.PyJWS().encode(b"[]", EC_KEY, "ES256", {"kid": "ec"}), "malformed-token"),
}


@pytest.mark.parametrize(("token", "slug"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_token_is_refused_with_its_cause(verifier: Verifier, token: str, slug: str) -> None:
    with pytest.raises(Problem) as refused:
        verifier.verify(token)
    problem = refused.value
    assert (problem.status_code, problem.slug) == (401, slug)
    assert 'error="invalid_token"' in (problem.headers or {})["WWW-Authenticate"]
    assert ":" in str(problem.detail), "says what to do"
    assert verifier.remembered(token) is None


@given(st.text())
def test_no_text_at_all_passes_or_breaks(text: str) -> None:
    verifier = _shared
    for token in (text, f"{text}.{text}.{text}", _token() + text + "x"):
        with pytest.raises(Problem) as refused:
            verifier.verify(token)
        assert refused.value.status_code == 401


@pytest.fixture(scope="module", autouse=True)
def _share(verifier: Verifier) -> None:
    global _shared
    _shared = verifier


_shared: Verifier


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "rsa"), (EC_KEY, "ES256", "ec")])
def test_both_algorithms_are_accepted(verifier: Verifier, key: Any, algorithm: str, kid: str) -> None:
    actor = verifier.verify(_token(key, algorithm, kid, name="王主任"))
    assert actor == Actor("u-1", "王主任", frozenset({Role.HUB}))


@pytest.mark.parametrize("past", [1, LEEWAY_S / 2])
def test_clocks_may_differ_a_little(verifier: Verifier, past: float) -> None:
    assert verifier.verify(_token(exp=int(time.time() - past))).subject == "u-1"


@pytest.mark.parametrize("roles", [None, "hub", {"hub": True}, 7, [None, 3, ["hub"], "chief"]])
def test_roles_of_another_form_are_no_roles(verifier: Verifier, roles: Any) -> None:
    assert verifier.verify(_token(roles=roles)).roles == frozenset()


def test_one_actor_may_hold_several_roles_and_codes(verifier: Verifier) -> None:
    roles = ["department:water", "department:gas", "subdistrict:310109009", "identity-reader"]
    actor = verifier.verify(_token(roles=roles))
    assert actor.roles == {Role.DEPARTMENT, Role.SUBDISTRICT, Role.IDENTITY_READER}
    assert actor.departments == {"water", "gas"}
    assert actor.sub_districts == {"310109009"}
    assert actor.name == "u-1"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("admin", (Role.ADMIN, None)),
        ("department:water", (Role.DEPARTMENT, "water")),
        ("department", None),
        ("department:", None),
        ("department:a b", None),
        ("department:water:1", None),
        ("admin:", None),
        ("supervisor", (Role.SUPERVISOR, None)),
        ("supervisor:congress", (Role.SUPERVISOR, "congress")),
        ("supervisor:", None),
        ("supervisor:housing", None),
        ("deputy", (Role.DEPUTY, None)),
        ("deputy:7", None),
        ("admin:water", None),
        ("Admin", None),
        ("", None),
        (":", None),
    ],
)
def test_a_role_is_read_exactly(text: str, role: tuple[Role, str | None] | None) -> None:
    assert parse_role(text) == role


class _Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def test_a_verified_token_is_remembered_for_a_minute_at_most(jwks: Path) -> None:
    clock = _Clock()
    verifier = Verifier(_settings(jwks), clock)
    token = _token()
    assert verifier.remembered(token) is None
    actor = verifier.verify(token)
    clock.now += identity.CACHED_FOR_S - 1
    assert verifier.remembered(token) == actor
    clock.now += 2
    assert verifier.remembered(token) is None


def test_a_token_is_not_remembered_beyond_its_expiry(jwks: Path) -> None:
    clock = _Clock()
    verifier = Verifier(_settings(jwks), clock)
    token = _token(exp=int(clock.now) + 5)
    verifier.verify(token)
    clock.now += 4 + LEEWAY_S
    assert verifier.remembered(token) is not None
    clock.now += 2
    assert verifier.remembered(token) is None


def test_the_memory_is_bounded_and_forgets_the_least_used(jwks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "CACHED_TOKENS", 3)
    verifier = Verifier(_settings(jwks))
    tokens = [_token(sub=f"u-{number}") for number in range(4)]
    for token in tokens[:3]:
        verifier.verify(token)
    verifier.remembered(tokens[0])
    verifier.verify(tokens[3])
    assert [verifier.remembered(token) is not None for token in tokens] == [True, False, True, True]
