"""Asking the services of a stack over HTTP."""

from __future__ import annotations

import ssl
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.localstack.service_process import ServiceProcess
from services.localstack.stack import Stack

_TRUST = ssl.create_default_context()
"""Made once: reading all certificates of the system costs more than a question."""

HTTP = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0), verify=_TRUST)
"""For a question here and there, a connection each."""


def token(stack: Stack, *roles: str) -> str:
    return stack.issuer.mint(f"test-{'-'.join(roles)}".replace(":", "-"), roles)


def client(stack: Stack, service: str, *roles: str, instance: int = 1) -> httpx.Client:
    """A client of one service that carries a token with `roles`."""
    headers = {"Authorization": f"Bearer {token(stack, *roles)}"}
    return httpx.Client(base_url=stack.service(service, instance).url, headers=headers, timeout=60, verify=_TRUST)


def progress(process: ServiceProcess) -> dict[str, Any]:
    """How far a service has come (services/chassis/web/progress.py)."""
    found: dict[str, Any] = HTTP.get(f"{process.url}/progress").raise_for_status().json()
    return found


def metric(stack: Stack, service: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples over all instances of the service; labels not given are summed over."""
    total = 0.0
    for process in stack.services:
        if process.service == service:
            for family in text_string_to_metric_families(HTTP.get(f"{process.url}/metrics").text):
                for sample in family.samples:
                    if sample.name == name and labels.items() <= sample.labels.items():
                        total += sample.value
    return total
