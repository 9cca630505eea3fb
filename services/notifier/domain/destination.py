"""Where a webhook may go: only https to public addresses, so that nobody reaches into our network through us.

The demo profile also allows loopback, with or without TLS: its receivers run on the same machine.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from services.contracts.redaction import redact

LONGEST_URL = 1000

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_6TO4 = IPv6Network("2002::/16")  # carries any IPv4 address, private ones too
_SPECIAL = (
    IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv6Network("2001::/23"), IPv6Network("3fff::/20"),
)  # fmt: skip
"""Of IANA's registries of special addresses, those that Python (3.11) takes for global, as a whole or in part."""

Address = IPv4Address | IPv6Address


def fault_of(url: str, *, demo: bool) -> str | None:
    """What is wrong with a subscriber's URL, with the remedy; None if it may be tried.

    A host name is looked up only when we connect; its addresses are checked then (`may_reach`).
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        return f"has more than {LONGEST_URL} characters, or characters other than ASCII: encode them"
    if parts.scheme != "https" and not (demo and parts.scheme == "http"):
        return "is not an https URL: give one whose certificate is valid for its host"
    if not host:
        return "has no host: give https://HOST/PATH"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "has a user, a password or a fragment: leave them out, the signature proves who sends"
    if redact(url) != url:
        return "holds what reads as a person's number: give a path without it"
    literal = _literal(host)
    if literal is not None and not may_reach(literal, secure=parts.scheme == "https", demo=demo):
        return "is not a public address: give a host that can be reached over the internet"
    return None


def may_reach(address: Address, *, secure: bool, demo: bool) -> bool:
    """Whether we connect to this address. `secure`: over TLS."""
    plain = getattr(address, "ipv4_mapped", None) or address
    return (demo and plain.is_loopback) or (secure and _is_public(plain))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address not in _GLOBAL_UNICAST or address in _6TO4):
        return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
