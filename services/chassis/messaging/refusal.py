"""Why a broker does not let a client in. The libraries try on for seconds, and then say that they could not connect.

One connection by hand tells the causes apart: name, port, TLS, certificate, password.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.conn import create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

LIMIT_S: Final = 5.0
CLOCK_OR_AGE: Final = {9: "is not valid yet: compare the clocks", 10: "has expired: put a new one in place"}
"""OpenSSL's codes X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
OTHER_NAME: Final = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


def why_refused(options: Mapping[str, Any]) -> str | None:
    """What is wrong at the first of the brokers that does not let us in, and what to do; None if all do.

    `options` are those of an aiokafka client. Takes seconds at most. Not to be called where a loop runs.
    """
    return asyncio.run(find_refusal(options))


async def find_refusal(options: Mapping[str, Any]) -> str | None:
    """As `why_refused`, on the running loop."""
    login = {name: value for name, value in options.items() if name != "bootstrap_servers"}
    for address in options["bootstrap_servers"].split(","):
        host, _, port = address.rpartition(":")
        try:
            limit = int(LIMIT_S * 1000)
            made = await asyncio.wait_for(create_conn(host, int(port), request_timeout_ms=limit, **login), LIMIT_S)
        except (KafkaError, OSError, TimeoutError) as error:
            return f"the broker at {address} {_says(error, login)}"
        made.close()
    return None


def _says(error: Exception, login: Mapping[str, Any]) -> str:
    closed = login.get("security_protocol") == "SASL_SSL"
    match error:
        case ssl.SSLCertVerificationError():
            return f"has a certificate that {_certificate(error)}"
        case ssl.SSLError():
            return f"speaks no TLS there ({error.reason}): look at the port, or at KAFKA_SECURITY"
        case SaslAuthenticationFailed():
            user = login["sasl_plain_username"]
            return f"refuses {user}'s password, or knows no such user: KAFKA_USER, KAFKA_PASSWORD"
        case UnsupportedSaslMechanismError() | IllegalSaslStateError():
            return f"takes no {login['sasl_mechanism']} there: look at the port and at its listeners"
        case KafkaConnectionError() if not closed:
            return "hangs up on who comes without TLS and password: KAFKA_SECURITY=sasl_ssl, if it is closed"
        case TimeoutError():
            return f"does not answer within {LIMIT_S:.0f} s"
        case OSError():
            return f"cannot be reached ({_short(error)})"
    return f"does not let us in ({type(error).__name__})"


def _short(error: OSError) -> str | None:
    """Without the address, which asyncio puts into it."""
    return os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in CLOCK_OR_AGE:
        return CLOCK_OR_AGE[error.verify_code]
    if error.verify_code in OTHER_NAME:
        return "is for another name: connect by a name that stands in it, or have one made for this name"
    return f"is not signed by the authority in KAFKA_CA ({error.verify_message}): is it the right file?"
