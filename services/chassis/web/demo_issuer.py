"""An identity provider for the demo: a key pair in a directory, and tokens signed by it.

Whoever can read the directory can be anybody. Settings refuse it outside the demo profile, which stays on loopback.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from services.chassis.settings import DEMO_ISSUER, JWKS_FILE

KEY_FILE = "private.pem"


class DemoIssuer:
    """Mints tokens as the issuer `DEMO_ISSUER`."""

    def __init__(self, directory: Path) -> None:
        """Opens the issuer of `directory`; raises FileNotFoundError if there is none."""
        self.jwks = directory / JWKS_FILE
        key = load_pem_private_key((directory / KEY_FILE).read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{directory / KEY_FILE} holds no EC key: delete the directory, it is made again")
        self._key = key
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._kid = hashlib.sha256(public).hexdigest()[:16]

    @classmethod
    def ensure(cls, directory: Path) -> Self:
        """Opens the issuer of `directory`, made first if there is none; an existing key is kept."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (directory / KEY_FILE).exists():
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            _replace(directory / KEY_FILE, pem)
        issuer = cls(directory)
        public = ECAlgorithm.to_jwk(issuer._key.public_key(), as_dict=True)
        keys = {"keys": [public | {"kid": issuer._kid, "use": "sig", "alg": "ES256"}]}
        _replace(issuer.jwks, json.dumps(keys).encode())
        return issuer

    def mint(self, subject: str, roles: Iterable[str], hours: float = 8, audience: str = "closedloop") -> str:
        """A token for `subject` with `roles` as ADR 27 lists them, good for `hours` from now (real time)."""
        now = int(time.time())
        claims = {
            "iss": DEMO_ISSUER,
            "aud": audience,
            "sub": subject,
            "name": subject,
            "roles": list(roles),
            "iat": now,
            "exp": now + int(hours * 3600),
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._kid})


def _replace(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, readable by its owner only."""
    draft = path.with_suffix(f".{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
