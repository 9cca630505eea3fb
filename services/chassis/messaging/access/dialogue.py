"""Talks with one broker as a client does, step by step, and says at which step it ends and why.

Clients do not: to them an unreachable broker, a foreign certificate and a wrong password are all "unable to bootstrap",
half a minute later (docs/pitfalls.md).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from kafka.errors import KafkaError, SaslAuthenticationFailedError, UnsupportedSaslMechanismError, for_code
from kafka.net.sasl.scram import ScramClient
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

from services.chassis.messaging.refusal import CLOCK_OR_AGE, OTHER_NAME
from services.chassis.messaging.transport import MECHANISM

PATIENCE_S: Final = 3.0
EXPIRES_SOON_DAYS: Final = 30

StepName = Literal["address", "certificate", "password", "right"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step, whether it went well, and if not what to do. They come in this order; none follows a failed one, but
    rights are each their own step."""

    name: StepName
    ok: bool
    says: str

    def __str__(self) -> str:
        return f"{self.name}: {'ok' if self.ok else 'FAILED'}, {self.says}"


class _Ended(Exception):
    def __init__(self, step: StepName, says: str) -> None:
        super().__init__(says)
        self.step = Step(step, False, says)


def knock(address: str, ca: Path | None, user: str, password: str) -> list[Step]:
    """Address, certificate, password of one broker, HOST:PORT. Ends within seconds, whatever answers there."""
    steps: list[Step] = []
    try:
        with _reached(address) as plain:
            steps.append(Step("address", True, f"{address} accepts connections"))
            with _encrypted(plain, address, ca) as channel:
                steps.append(Step("certificate", True, _life(channel)))
                _log_in(channel, address, user, password)
                steps.append(Step("password", True, f"{user} is let in"))
    except _Ended as ended:
        steps.append(ended.step)
    return steps


@contextmanager
def _reached(address: str) -> Iterator[socket.socket]:
    host, _, port = address.rpartition(":")
    try:
        plain = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
    except socket.gaierror:
        raise _Ended("address", f"no machine has the name {host}; correct --kafka, or the name service") from None
    except TimeoutError:
        raise _Ended("address", f"{address} does not answer in {PATIENCE_S:.0f} s; is a firewall in between?") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise _Ended("address", f"{address}: {why}; is the broker running, and is this its port?") from None
    with plain:
        yield plain


@contextmanager
def _encrypted(plain: socket.socket, address: str, ca: Path | None) -> Iterator[ssl.SSLSocket]:
    host = address.rpartition(":")[0]
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise _Ended("certificate", f"{ca} is no file of certificates in PEM ({error.strerror or error})") from None
    try:
        channel = context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise _Ended("certificate", _mistrust(error, host, ca)) from None
    except (ssl.SSLError, ConnectionError, EOFError):
        raise _Ended("certificate", f"{address} does not speak TLS; it is the port of another listener") from None
    except TimeoutError:
        says = f"{address} does not answer a TLS greeting in {PATIENCE_S:.0f} s; is it a broker, and is it alive?"
        raise _Ended("certificate", says) from None
    with channel:
        yield channel


def _mistrust(error: ssl.SSLCertVerificationError, host: str, ca: Path | None) -> str:
    if error.verify_code in CLOCK_OR_AGE:
        return f"the broker's certificate {CLOCK_OR_AGE[error.verify_code]} ({error.verify_message})"
    if error.verify_code in OTHER_NAME:
        return f"the certificate is not for {host}: connect by a name that it holds, or have it issued anew"
    trusted = f"by none of {ca}" if ca else "by no authority that this machine trusts; name the district's"
    return f"the broker's certificate is signed {trusted} ({error.verify_message})"


def _life(channel: ssl.SSLSocket) -> str:
    certificate = channel.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    days = (ends - datetime.now(UTC)).days
    soon = " SOON: renew it" if days < EXPIRES_SOON_DAYS else ""
    return f"trusted, ends on {ends:%Y-%m-%d}, in {days} days{soon}"


def _log_in(channel: ssl.SSLSocket, address: str, user: str, password: str) -> None:
    talk = _Talk(channel, address)
    hello = talk.ask(SaslHandshakeRequest(version=1, mechanism=MECHANISM))
    error = for_code(hello.error_code)
    if error is UnsupportedSaslMechanismError:
        offers = ", ".join(hello.mechanisms) or "nothing"
        raise _Ended("password", f"{address} offers {offers}, not {MECHANISM}; set sasl.enabled.mechanisms")
    if hello.error_code:
        raise _Ended("password", f"{address} asks for no password ({error.__name__}); it is another listener's port")
    scram = ScramClient(user, password, MECHANISM)
    scram.process_server_first_message(talk.authenticate(scram.first_message(), user))
    try:
        scram.process_server_final_message(talk.authenticate(scram.final_message(), user))
    except ValueError:
        raise _Ended("password", f"{address} does not know the password of {user} itself: who answers there?") from None


class _Talk:
    def __init__(self, channel: ssl.SSLSocket, address: str) -> None:
        self._channel = channel
        self._address = address
        self._protocol = KafkaProtocol(client_id="closedloop-check")

    def authenticate(self, token: bytes, user: str) -> bytes:
        answer = self.ask(SaslAuthenticateRequest(version=1, auth_bytes=token))
        if for_code(answer.error_code) is SaslAuthenticationFailedError:
            raise _Ended(
                "password",
                f"{user} is not let in: the password is wrong, or there is no such user (the broker does not say); "
                "take the newest credentials, or have new ones made",
            )
        if answer.error_code:
            raise _Ended("password", f"{self._address}: {for_code(answer.error_code).__name__}: {answer.error_message}")
        return bytes(answer.auth_bytes)

    def ask(self, request: Any) -> Any:
        self._protocol.send_request(request)
        try:
            self._channel.sendall(self._protocol.send_bytes())
            answers: list[Any] = []
            while not answers:
                data = self._channel.recv(65536)
                if not data:
                    raise _Ended("password", f"{self._address} hangs up; it is the port of another listener")
                answers = self._protocol.receive_bytes(data)
        except TimeoutError:
            raise _Ended("password", f"{self._address} does not answer in {PATIENCE_S:.0f} s; try again") from None
        except ssl.SSLError:
            says = f"{self._address} wants a client certificate; it is a port for brokers"
            raise _Ended("password", says) from None
        except OSError as error:
            raise _Ended("password", f"{self._address} hangs up ({error.strerror})") from None
        except (KafkaError, ValueError):
            raise _Ended("password", f"{self._address} is no broker: it does not speak Kafka's protocol") from None
        return answers[0][1]
