"""Bots as processes of their own, and what they use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PNYX = ("-c", "from bot.cli import main; main()")
"""Behind `python`: the program."""


@contextmanager
def process(log: Path, *arguments: str, **secrets: str) -> Iterator[int]:
    """A Python program, by its id, until the end of the block. `secrets` are added to its environment."""
    environment: Mapping[str, str] = {**os.environ, **secrets}
    with log.open("a") as output:
        started = subprocess.Popen(
            [sys.executable, *arguments], stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        with ending(started):
            yield started.pid


@contextmanager
def ending(started: subprocess.Popen[Any]) -> Iterator[None]:
    """End a process with the block."""
    try:
        yield
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        if started.stdout is not None:
            started.stdout.close()


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
