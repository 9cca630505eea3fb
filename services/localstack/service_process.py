"""One service as a child process of the local stack."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from services.localstack.processes import ChildProcess


class ServiceProcess(ChildProcess):
    """One instance of a service; restarted when it dies. It answers when its `/readyz` does."""

    start_limit_s = 300.0
    stop_limit_s = 15.0  # a service itself takes 5 s at most; on a busy machine it comes to its end later

    def __init__(self, service: str, instance: int, port: int, log: Path, env: Mapping[str, str]) -> None:
        self.service = service
        self.instance = instance
        self.url = f"http://127.0.0.1:{port}"
        own = {"HTTP_HOST": "127.0.0.1", "HTTP_PORT": str(port), "INSTANCE": str(instance)}
        super().__init__(
            f"{service}-{instance}",
            [sys.executable, "-m", "services.cli.main", "run", service],
            log,
            env={f"CLOSEDLOOP_{name}": value for name, value in {**own, **env}.items()},
            restart=True,
        )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False
