"""The classifier's process: stream and HTTP on one event loop, settings from the environment."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from pydantic import Field

from services.chassis.health import Health
from services.chassis.http import create_app
from services.chassis.identity import Verifier
from services.chassis.logs import configure
from services.chassis.service import clock_of
from services.chassis.settings import EX_CONFIG, Settings, load
from services.classifier.adapters.current_reader import CurrentReader
from services.classifier.adapters.data import reader_with
from services.classifier.adapters.dead_letter_routes import dead_letter_routes
from services.classifier.adapters.dead_letters import DeadLetters
from services.classifier.adapters.model_files import BadModel
from services.classifier.adapters.model_store import ModelStore
from services.classifier.adapters.progress import progress_routes
from services.classifier.adapters.register_store import RegisterStore
from services.classifier.adapters.routes import reader_routes
from services.classifier.adapters.stream import Stream, StreamFailed
from services.classifier.app.answer import Answering
from services.contracts.data_files import InvalidData

log = structlog.get_logger(__name__)

GRACE_S: Final = 4.0


class ClassifierSettings(Settings):
    models: Path = Field(Path("var/models"), description="give the folder that `closedloop train` writes models to")
    registers: Path = Field(
        Path("var/registers"), description="give the folder that `closedloop register import` writes registers to"
    )


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: the process has one owner of signals, and it is not the HTTP server."""
        yield


def main() -> int:
    settings = load(ClassifierSettings)
    configure("classifier", settings.instance, settings.log_level)
    # Without the clean-up of asyncio.run, which waits for faust's tasks: they may never end after a failure.
    code = asyncio.Runner().run(_run(settings))
    logging.shutdown()
    # Nothing unacknowledged is committed, so neither faust's threads nor a lost broker may hold up the end.
    os._exit(code)


async def _run(settings: ClassifierSettings) -> int:
    """0 when told to stop, 1 when the stream cannot go on: then the process must be started again. EX_CONFIG for a
    model or register that cannot be used: starting again will not help."""
    try:
        register = RegisterStore(settings.registers).load()
        reader = CurrentReader(ModelStore(settings.models), lambda model: reader_with(model, register))
    except (BadModel, InvalidData) as error:
        log.error("the active model or register cannot be used", cause=str(error))
        return EX_CONFIG
    health, clock = Health(), clock_of(settings)
    answering = Answering(reader, clock, source=f"/{settings.jurisdiction}/classifier")
    stream = Stream(settings, answering, health)
    letters = DeadLetters(settings, answering, stream.publisher, clock)
    app = create_app(
        title="classifier",
        routers=[reader_routes(reader), dead_letter_routes(letters), progress_routes(stream)],
        health=health,
        verifier=Verifier(settings),
    )
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    serving, running = asyncio.create_task(server.serve()), asyncio.create_task(stream.run())
    stopping, counting = asyncio.create_task(told.wait()), asyncio.create_task(letters.keep_count())
    following = asyncio.create_task(reader.follow())
    await asyncio.wait([serving, running, stopping], return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    counting.cancel()
    following.cancel()
    server.should_exit = True
    await asyncio.wait([serving, running], timeout=GRACE_S)
    return _exit_code(running)


def _exit_code(running: asyncio.Task[None]) -> int:
    if not running.done():
        log.warning("stopped without waiting for the broker; what is unacknowledged comes again")
        return 0
    if running.cancelled():
        return 0
    error = running.exception()
    log.error("the stream cannot go on", cause=str(error), exc_info=None if isinstance(error, StreamFailed) else error)
    return 1


if __name__ == "__main__":
    main()
