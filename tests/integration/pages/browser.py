"""A headless Chromium, spoken to over a pipe (the DevTools protocol), and a server for it to visit."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WHY_NOT = "no chromium on this machine: apt-get install chromium (`make pages-deps`)"
PATIENCE_S = 60


class Browser:
    """One page. What it loads, clicks and types happens as a person's would; scripts only look and press."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        wrapped = f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$0" "$@"'
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
        self._log = (folder / "chromium.log").open("wb")
        self._process = subprocess.Popen(
            ["bash", "-c", wrapped, CHROMIUM, *options, "--remote-debugging-pipe", f"--user-data-dir={folder}/profile"],
            pass_fds=(theirs_in, theirs_out),
            stderr=self._log,
            stdout=self._log,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self._number = 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")
        self.size(1280, 900)

    def close(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self._in.close()
        self._log.close()
        with contextlib.suppress(OSError):
            self._out.close()

    def size(self, width: int, height: int) -> None:
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def open(self, address: str) -> None:
        self._leave(lambda: self._call("Page.navigate", url=address))

    def press(self, selector: str) -> None:
        """Clicks what leads to another page, and waits for it."""
        self._leave(lambda: self.see(f"document.querySelector({json.dumps(selector)}).click()"))

    def key(self, key: str) -> None:
        code, name, text = {"Tab": (9, "Tab", ""), "Enter": (13, "Enter", "\r"), "Space": (32, " ", " ")}[key]
        press: dict[str, Any] = {"key": name, "code": key, "windowsVirtualKeyCode": code}
        typed = {"text": text} if text else {}
        self._call("Input.dispatchKeyEvent", type="keyDown", **press, **typed)
        self._call("Input.dispatchKeyEvent", type="keyUp", **press)

    def enter_by_key(self) -> None:
        """Enter where the focus is, and the page it leads to."""
        self._leave(lambda: self.key("Enter"))

    def type(self, text: str) -> None:
        self._call("Input.insertText", text=text)

    def see(self, expression: str) -> Any:
        """What a script finds in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    @property
    def text(self) -> str:
        return str(self.see("document.body.innerText"))

    def picture(self, file: Path) -> None:
        """The whole page."""
        shot = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def wait_for(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(AssertionError):  # between two pages there is none to ask
                if self.see(expression):
                    return
            time.sleep(0.02)
        raise AssertionError(f"not within {PATIENCE_S} s: {expression}")

    def _leave(self, go: Callable[[], object]) -> None:
        self.see("window.here = true")
        go()
        self.wait_for("!window.here && document.readyState === 'complete'")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        command: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        self._out.write(json.dumps(command).encode() + b"\0")
        self._out.flush()
        while True:
            message = self._message()
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def _message(self) -> dict[str, Any]:
        parts = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            assert byte, "chromium has ended; see its log"
            parts += byte
        message: dict[str, Any] = json.loads(parts)
        return message


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application on a free port of this machine; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    socket = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(60)
