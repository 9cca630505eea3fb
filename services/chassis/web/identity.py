"""Who asks, and may they? A verified bearer token (OIDC) makes an `Actor`; `require` guards a route (ADR 6).

The actor of every command is taken from here, never from a body.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from services.chassis.settings import Settings
from services.chassis.web.jwks import ALGORITHMS, Jwks, KeysUnavailable
from services.chassis.web.problems import Problem
from services.contracts.districts import sub_districts
from services.contracts.supervision_events import SupervisingParty

LEEWAY_S = 10.0
CACHED_TOKENS = 4096
CACHED_FOR_S = 60.0


class Role(StrEnum):
    """`department` and `subdistrict` are held for a code each: `department:housing`, `subdistrict:310109009`. Who is of
    a sub-district's office is of the sub-district, too: `department:quyanglu` needs no second role.

    `supervisor` looks on; `supervisor:congress`, `:government` and `:discipline` also act for that party, in
    supervision alone. `deputy` is one of the People's Congress, `city` the machine of the city's hotline,
    `sms-gateway` that of the gateway for short messages."""

    HUB = "hub"
    DEPARTMENT = "department"
    SUBDISTRICT = "subdistrict"
    SUPERVISOR = "supervisor"
    DEPUTY = "deputy"
    ADMIN = "admin"
    IDENTITY_READER = "identity-reader"
    CITY = "city"
    SMS_GATEWAY = "sms-gateway"


WITH_CODE = frozenset({Role.DEPARTMENT, Role.SUBDISTRICT})
_ROLES = {role.value: role for role in Role}
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever a verified token speaks for. `subject` is the issuer's stable id; `name` is for people."""

    subject: str
    name: str
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()
    sub_districts: frozenset[str] = frozenset()
    parties: frozenset[SupervisingParty] = frozenset()


def parse_role(text: str) -> tuple[Role, str | None] | None:
    """(role, code) of a string in the claim `roles`; None if it is no role that we know."""
    name, colon, code = text.partition(":")
    role = _ROLES.get(name)
    if role is None:
        return None
    if role is Role.SUPERVISOR and colon:
        return (role, code) if code in set(SupervisingParty) else None
    if role in WITH_CODE:
        return (role, code) if _CODE.fullmatch(code) else None
    return None if colon else (role, None)


class Verifier:
    """Verifies tokens against the configured issuer. Thread-safe.

    A verified token is remembered for `CACHED_FOR_S` or until it expires, whichever is sooner, because signatures cost
    CPU; so long may a withdrawn key still be honoured on top of what `Jwks` says.
    """

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._issuer = settings.oidc_issuer
        self._audience = settings.oidc_audience
        self._keys = Jwks(settings.oidc_jwks)
        self._now = now
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()

    def unready(self) -> str | None:
        """A readiness check: None, or that no key of the issuer is known."""
        return None if self._keys.available() else "no key of the issuer could be read; look at CLOSEDLOOP_OIDC_JWKS"

    def remembered(self, token: str) -> Actor | None:
        """The actor if this token was verified a moment ago; never blocks."""
        digest = _digest(token)
        with self._lock:
            until, actor = self._seen.get(digest, (0.0, None))
            if until <= self._now():
                self._seen.pop(digest, None)
                return None
            self._seen.move_to_end(digest)
            return actor

    def verify(self, token: str) -> Actor:
        """The actor of a valid token; may block for the issuer's keys. Raises Problem 401, or 503 without any key."""
        try:
            claims = self._claims(token)
        except jwt.InvalidTokenError as error:
            raise self._refusal(error) from None
        except KeysUnavailable:
            raise Problem(
                503,
                "issuer-unavailable",
                "No token can be verified for the moment",
                "The identity provider's keys cannot be read; try again.",
                headers={"Retry-After": "5"},
            ) from None
        actor = _actor(claims)
        with self._lock:
            self._seen[_digest(token)] = (min(int(claims["exp"]) + LEEWAY_S, self._now() + CACHED_FOR_S), actor)
            while len(self._seen) > CACHED_TOKENS:
                self._seen.popitem(last=False)
        return actor

    def _claims(self, token: str) -> dict[str, Any]:
        kid = jwt.get_unverified_header(token).get("kid")
        key = self._keys.key(kid) if kid else None
        if key is None:
            raise UnknownKey
        return jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )

    def _refusal(self, error: jwt.InvalidTokenError) -> Problem:
        slug, reason = next(REFUSALS[cause] for cause in type(error).__mro__ if cause in REFUSALS)
        return unauthorized(slug, reason.format(issuer=self._issuer, audience=self._audience, error=error))


class UnknownKey(jwt.InvalidTokenError):
    """The token names no key, or one that the issuer does not publish."""


REFUSALS: dict[type, tuple[str, str]] = {
    jwt.ExpiredSignatureError: ("token-expired", "The token has expired: get a new one from {issuer}."),
    jwt.ImmatureSignatureError: ("token-not-yet-valid", "The token is not valid yet: compare the clocks, or wait."),
    jwt.InvalidIssuerError: ("wrong-issuer", "The token comes from another issuer: get one from {issuer}."),
    jwt.InvalidAudienceError: ("wrong-audience", "The token is for somebody else: ask for the audience {audience}."),
    jwt.InvalidAlgorithmError: ("wrong-algorithm", "The algorithm is not its key's: sign with RS256 or ES256."),
    jwt.InvalidSignatureError: ("bad-signature", "The signature is not the issuer's: get a token from {issuer}."),
    jwt.MissingRequiredClaimError: ("claim-missing", "{error}: have the issuer {issuer} add it."),
    UnknownKey: ("unknown-key", "The token names no key that {issuer} publishes: get a new token from there."),
    jwt.InvalidTokenError: ("malformed-token", "The token is not a JSON Web Token with valid claims: get a new one."),
}
"""Type and text of the 401 by the cause, the nearest base class deciding."""


def unauthorized(slug: str, reason: str) -> Problem:
    challenge = f'Bearer realm="closedloop", error="invalid_token", error_description="{slug}"'
    return Problem(401, slug, "The token is not accepted", reason, headers={"WWW-Authenticate": challenge})


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An OIDC access token with the claim `roles`.")

PAGES = "/pages"
SESSION_COOKIE = "closedloop_session"
"""Holds the token of a person who logged in (chassis/pages). It counts below PAGES alone: a browser sends it by itself,
and only there is every form guarded against other sites that would use it."""


def token_of(request: HTTPConnection) -> str | None:
    """The token that a request carries; the header outranks the cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(SESSION_COOKIE) if request.url.path.startswith(f"{PAGES}/") else None


async def actor_of(verifier: Verifier, token: str | None) -> Actor:
    """Raises Problem 401 without a valid token."""
    if token is None:
        raise Problem(
            401,
            "token-missing",
            "A token is needed",
            "Send the header `Authorization: Bearer TOKEN` with a token of the identity provider.",
            headers={"WWW-Authenticate": 'Bearer realm="closedloop"'},
        )
    actor = verifier.remembered(token)
    return actor if actor is not None else await run_in_threadpool(verifier.verify, token)


async def any_actor(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Actor:
    """Dependency: an actor with a valid token, whatever the role."""
    return await actor_of(request.app.state.verifier, token_of(request))


def require(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """Dependency: an actor who holds at least one of `roles`, of whatever code. Which rows a department or a
    sub-district may see is for the route to decide, by `Actor.departments` and `Actor.sub_districts`.
    """

    async def guard(actor: Annotated[Actor, Depends(any_actor)]) -> Actor:
        if actor.roles.isdisjoint(roles):
            needed = " or ".join(roles)
            raise Problem(
                403,
                "role-missing",
                "The role is missing",
                f"This needs the role {needed}: ask the administrator of your identity provider for it.",
                headers={"WWW-Authenticate": 'Bearer realm="closedloop", error="insufficient_scope"'},
                needed=[str(role) for role in roles],
            )
        return actor

    return guard


def _actor(claims: dict[str, Any]) -> Actor:
    listed = claims.get("roles")
    parsed = [parse_role(text) for text in (listed if isinstance(listed, list) else []) if isinstance(text, str)]
    held = [role for role in parsed if role]
    units = frozenset(code for role, code in held if role is Role.DEPARTMENT and code)
    held += [(Role.SUBDISTRICT, code) for code, place in sub_districts().items() if place.office in units]
    name = claims.get("name")
    return Actor(
        subject=claims["sub"],
        name=name if isinstance(name, str) and name else claims["sub"],
        roles=frozenset(role for role, _ in held),
        departments=units,
        sub_districts=frozenset(code for role, code in held if role is Role.SUBDISTRICT and code),
        parties=frozenset(SupervisingParty(code) for role, code in held if role is Role.SUPERVISOR and code),
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
