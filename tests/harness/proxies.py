"""A bad network between one service and its servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url

from services.localstack.apache_kafka import ApacheKafka
from services.localstack.stack import Stack
from tests.harness.tcp_proxy import TcpProxy


@dataclass(frozen=True, slots=True)
class Proxies:
    kafka: TcpProxy
    database: TcpProxy


@contextmanager
def proxied(stack: Stack, *services: str) -> Iterator[Proxies]:
    """Between `start_servers` and `start_services`: these services reach Apache Kafka and PostgreSQL by proxies."""
    assert isinstance(stack.broker, ApacheKafka)
    assert stack.postgres is not None
    with (
        TcpProxy(("127.0.0.1", stack.broker.proxied_port), stack.broker.proxy_port) as kafka,
        TcpProxy(("127.0.0.1", stack.postgres.port)) as database,
    ):
        for service in services:
            variables = stack.environment[service]
            variables["KAFKA_BOOTSTRAP"] = kafka.address
            if service in stack.database_urls:
                url = make_url(stack.database_urls[service]).set(port=database.port)
                variables["DATABASE_URL"] = url.render_as_string(hide_password=False)
            keys = make_url(stack.keys_url).set(port=database.port)
            variables["KEYS_DATABASE_URL"] = keys.render_as_string(hide_password=False)
        yield Proxies(kafka, database)
