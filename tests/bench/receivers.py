"""Receivers of webhooks in a process of their own: one that takes everything, and seven that do harm (R13).

Prints their ports by name as one line of JSON, and ends when its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

GOOD = "good"
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_CHUNK = b"x" * 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _read(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))


async def _good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    writer.write(_OK)


async def _500(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    writer.write(_OK.replace(b"200 OK", b"500 No"))


async def _redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    writer.write(b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")


async def _hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    await asyncio.sleep(3600)


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.2)


async def _flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    for _ in range(10**9 // len(_CHUNK)):
        writer.write(_CHUNK)
        await writer.drain()


async def _break_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(b"\x16\x03\x03\x00\x02nonsense")


async def _vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.transport.abort()


_KINDS: dict[str, Callable[..., Awaitable[None]]] = {
    GOOD: _good,
    "500": _500,
    "hang": _hang,
    "drip": _drip,
    "redirect": _redirect,
    "flood": _flood,
    "tls": _break_tls,
    "vanish": _vanish,
}
BAD = tuple(name for name in _KINDS if name != GOOD)


def _served(talk: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    return serve


async def _serve() -> None:
    servers = {
        name: await asyncio.start_server(_served(talk), "127.0.0.1", 0, backlog=1000) for name, talk in _KINDS.items()
    }
    print(json.dumps({name: server.sockets[0].getsockname()[1] for name, server in servers.items()}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def receivers() -> Iterator[dict[str, str]]:
    """The URL of each kind; `/…` may follow it."""
    command = [sys.executable, "-m", "tests.bench.receivers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ports = json.loads(process.stdout.readline())
        try:
            yield {
                name: f"{'https' if name == 'tls' else 'http'}://127.0.0.1:{port}/hook" for name, port in ports.items()
            }
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve())
