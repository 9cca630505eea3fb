"""The steps of docs/subscribe.md, taken literally: a block of code after a comment `step: NAME`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[2] / "docs" / "subscribe.md"
_STEP = re.compile(r"<!-- step: (?P<name>[a-z-]+)(?: file=(?P<file>\S+))? -->\n```[a-z]+\n(?P<code>.*?)```", re.DOTALL)
LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    file: str | None


def steps() -> Mapping[str, Step]:
    """The steps by name, in the order of the guide."""
    text = FILE.read_text(encoding="utf-8")
    return {one["name"]: Step(one["code"], one["file"]) for one in _STEP.finditer(text)}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who follows the guide in the folder that the operator gave them. Commands are found in `path` first."""

    folder: Path
    unit: str
    path: str = ""

    def shell(self, name: str, **environment: str) -> str:
        """Runs a step after the one that sets the unit; returns what it printed. Fails if it fails."""
        known = steps()
        begin = known["unit"].code.replace("UNIT=housing", f"UNIT={self.unit}")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{begin}\n{known[name].code}"],
            cwd=self.folder,
            env=self._environment(environment),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def script(self, name: str) -> Iterator[Iterator[str]]:
        """Writes a step into its file and runs it while the block does; the lines it prints, without their ends."""
        step = steps()[name]
        assert step.file
        (self.folder / step.file).write_text(step.code, encoding="utf-8")
        running = subprocess.Popen(
            [sys.executable, step.file],
            cwd=self.folder,
            env=self._environment({"UNIT": self.unit}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert running.stdout
        try:
            yield (line.rstrip("\n") for line in running.stdout)
        finally:
            running.kill()
            running.wait(LIMIT_S)
            running.stdout.close()

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        path = os.pathsep.join(filter(None, (self.path, os.environ["PATH"])))
        return os.environ | {"PATH": path} | more
