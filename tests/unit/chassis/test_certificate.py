from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.chassis.messaging.certificate import WORKER, valid_until, watch_until
from services.chassis.metrics import BROKER_CERTIFICATE_UNTIL
from services.chassis.settings import KafkaSecurity, KafkaSettings, Profile
from services.chassis.web.health import Health
from services.localstack.certificates import ServerCertificate, make_certificate

DAY_S = 86_400


@contextmanager
def serving(certificate: ServerCertificate) -> Iterator[str]:
    """A server that shows the certificate and says nothing; gives its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.keystore)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    plain, _ = listener.accept()
                    with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as secure:
                        secure.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts


@pytest.mark.parametrize("days", [1, 29, 400])
def test_the_end_of_a_brokers_certificate_is_read_from_it(tmp_path: Path, days: float) -> None:
    made = make_certificate(tmp_path, "kafka-1", days=days)
    with serving(made) as address:
        until = valid_until(address, made.ca)
    assert until == pytest.approx(time.time() + days * DAY_S, abs=600)


def test_nobody_and_whoever_is_not_accepted_has_no_end(tmp_path: Path) -> None:
    made, other = make_certificate(tmp_path / "a", "kafka-1"), make_certificate(tmp_path / "b", "kafka-1")
    over = make_certificate(tmp_path / "c", "kafka-1", days=-0.01)
    assert valid_until("127.0.0.1:1", made.ca) is None
    with serving(made) as address:
        assert valid_until(address, other.ca) is None
    with serving(over) as address:
        assert valid_until(address, over.ca) is None


class _Once(threading.Event):
    """Set as soon as somebody waits for it."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_the_metric_shows_it_and_leaves_out_a_broker_that_is_away(tmp_path: Path) -> None:
    made, health = make_certificate(tmp_path, "kafka-1"), Health()
    health.expect(WORKER, 90)
    with serving(made) as address:
        brokers = KafkaSettings(
            profile=Profile.DEMO, kafka_bootstrap=f"127.0.0.1:1,{address}", kafka_security=KafkaSecurity.SASL_SSL,
            kafka_user="intake", kafka_password="secret", kafka_ca=made.ca,
        )  # type: ignore[arg-type]  # fmt: skip

        watch_until(_Once(), brokers, health)
    shown = {
        sample.labels["broker"]: sample.value
        for family in BROKER_CERTIFICATE_UNTIL.collect()
        for sample in family.samples
    }
    assert shown[address] == pytest.approx(time.time() + 30 * DAY_S, abs=600)
    assert "127.0.0.1:1" not in shown
