"""The classifier's process: stream and HTTP on one event loop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from typing import Final

import structlog

from services.chassis.logs import configure
from services.chassis.settings import EX_CONFIG, load
from services.chassis.web.health import Health
from services.chassis.web.http import create_app
from services.chassis.web.identity import Verifier
from services.chassis.web.server import Server, server_config
from services.classifier.files.model_files import BadModel
from services.classifier.settings import ClassifierSettings
from services.classifier.stream.ticket_texts import StreamFailed
from services.classifier.wiring import Classifier
from services.contracts.data_files import InvalidData

log = structlog.get_logger(__name__)

GRACE_S: Final = 4.0


def main() -> int:
    settings = load(ClassifierSettings)
    configure("classifier", settings.instance, settings.log_level)
    # Without the clean-up of asyncio.run, which waits for faust's tasks: they may never end after a failure.
    code = asyncio.Runner().run(_run(settings))
    logging.shutdown()
    # Nothing unacknowledged is committed, so neither faust's threads nor a lost broker may delay the exit.
    os._exit(code)


async def _run(settings: ClassifierSettings) -> int:
    """0 after a stop signal; 1 when the stream failed and the process must be restarted; EX_CONFIG for a model or
    register that cannot be used, where a restart will not help."""
    health = Health()
    try:
        classifier = Classifier.of(settings, health)
    except (BadModel, InvalidData) as error:
        log.error("the active model or register cannot be used", cause=str(error))
        return EX_CONFIG
    app = create_app(
        title="classifier",
        routers=classifier.routes,
        health=health,
        verifier=Verifier(settings),
        operations_token=settings.operations_token,
    )
    server = Server(server_config(settings, app))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serving, streaming = asyncio.create_task(server.serve()), asyncio.create_task(classifier.stream.run())
    stopping = asyncio.create_task(stop.wait())
    workers = [asyncio.create_task(worker()) for worker in classifier.workers]
    await asyncio.wait([serving, streaming, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (streaming, *workers):
        task.cancel()
    server.stop()
    await asyncio.wait([serving, streaming], timeout=GRACE_S)
    return _exit_code(streaming)


def _exit_code(streaming: asyncio.Task[None]) -> int:
    if not streaming.done():
        log.warning("stopped without waiting for the broker; unacknowledged texts will be delivered again")
        return 0
    if streaming.cancelled():
        return 0
    error = streaming.exception()
    log.error("the stream cannot go on", cause=str(error), exc_info=None if isinstance(error, StreamFailed) else error)
    return 1


if __name__ == "__main__":
    main()
