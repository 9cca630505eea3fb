"""A child process of the local stack: its own process group, a log file, restarted when it dies.

On Linux the kernel ends a child when this process is killed (PR_SET_PDEATHSIG is per thread, so the thread that starts
a child outlives it). Elsewhere only an orderly end leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

LONGEST_BACKOFF_S = 10.0
VAIN_RESTARTS = 3
"""After so many restarts without an answer it will not come up."""
STEADY_S = 10.0
"""A child that lived this long has started well: the back-off begins again."""

_chance = random.SystemRandom()  # two processes that were given the same seed must not try the same ports
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody listens on, below the range from which the system gives ports to clients.

    In that range a client of a stopped server may get the server's own port and connect to itself.
    """
    return next(port for port in iter(lambda: _chance.randrange(20000, 32000), None) if port_is_free(port))


class StartFailed(RuntimeError):
    """A part of the local stack did not come up. The message says what to do next."""


def _stands_still(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


class ChildProcess:
    """One supervised child. Its output is appended to `log`.

    `restart` starts it again, with growing pauses, whenever it ends by itself or is killed; not after `stop`.
    """

    stop_signal = signal.SIGTERM
    start_limit_s = 120.0
    stop_limit_s = 5.0

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        restart: bool = False,
    ) -> None:
        self.name = name
        self.log = log
        self.restarts = 0
        self._command = list(command)
        self._env = {**os.environ, **(env or {})}
        self._user = user
        self._restarts_itself = restart
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the running child; None if it has ended or is between two starts."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def answers(self) -> bool:
        """Whether it works. Servers override this with a request of their own."""
        return self.pid is not None

    def start(self) -> None:
        """Starts it and returns at once. Raises StartFailed when there is nothing to execute."""
        self._stopping.clear()
        self.restarts = 0
        failures: list[OSError] = []
        spawned = threading.Event()
        self._keeper = threading.Thread(target=self._keep, args=(spawned, failures), name=self.name, daemon=True)
        self._keeper.start()
        spawned.wait()
        if failures:
            raise StartFailed(f"{self.name} could not be started: {failures[0]}")

    def start_and_wait(self) -> None:
        """Starts it and returns when it answers. A failed start leaves nothing running."""
        self.start()
        try:
            self.wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def wait_until_it_answers(self) -> None:
        """Raises StartFailed, with the end of the log, if it ends or does not answer in time."""
        deadline = time.monotonic() + self.start_limit_s
        while not self.answers():
            ended = self._keeper is None or not self._keeper.is_alive() or self.restarts >= VAIN_RESTARTS
            if ended or time.monotonic() > deadline:
                why = "ended" if ended else f"did not answer within {self.start_limit_s:.0f} s"
                raise StartFailed(f"{self.name} {why}. The end of its log, {self.log}:\n{self._log_end()}")
            time.sleep(0.1)  # to ask costs a starting service processor time

    def _log_end(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def _keep(self, spawned: threading.Event, failures: list[OSError]) -> None:
        backoff = 0.1
        while True:
            began = time.monotonic()
            try:
                self._process = self._spawn()
            except OSError as error:
                failures.append(error)
                return
            finally:
                spawned.set()
            if self._stopping.is_set():  # a stop was requested while the child was being created
                self._process.send_signal(self.stop_signal)
            self._process.wait()
            backoff = 0.1 if time.monotonic() - began > STEADY_S else min(backoff * 2, LONGEST_BACKOFF_S)
            if not self._restarts_itself or self._stopping.wait(backoff):
                return
            self.restarts += 1

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self._command,
                env=self._env,
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def request_stop(self) -> None:
        """Asks the child to end and returns at once. Thaws a frozen child, which could not react otherwise."""
        self._stopping.set()
        self.thaw()
        self._send([self.pid], self.stop_signal)

    def stop(self) -> None:
        """Ends the child in order; kills it if it does not end in time."""
        self.request_stop()
        if self._keeper is not None:
            self._keeper.join(self.stop_limit_s)
            while self._keeper.is_alive():
                self.kill()
                self._keeper.join(0.1)

    def restart(self) -> None:
        self.stop()
        self.start_and_wait()

    def kill(self) -> None:
        """Sends SIGKILL to the child and its descendants; a child that restarts comes back."""
        self._send(self._tree(), signal.SIGKILL)

    def freeze(self) -> None:
        """Sends SIGSTOP to the child and its descendants; returns when all of them have stopped."""
        while running := [pid for pid in self._tree() if not _stands_still(pid)]:
            self._send(running, signal.SIGSTOP)
            time.sleep(0.001)

    def thaw(self) -> None:
        self._send(reversed(self._tree()), signal.SIGCONT)

    def _tree(self) -> list[int]:
        pid = self.pid
        if pid is None:
            return []
        try:
            return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    @staticmethod
    def _send(pids: Iterable[int | None], number: signal.Signals) -> None:
        for pid in pids:
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
