"""A server of our own in a process of its own, for measurements that must not share an interpreter with it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from solami.errors import SolamiError

_START_TIMEOUT_S = 600.0
_STOP_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that answers."""

    url: str
    pid: int

    def resident_bytes(self) -> int:
        """Memory the process holds. Raises SolamiError where the system has no /proc."""
        try:
            fields = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        except OSError as error:
            raise SolamiError(f"memory of process {self.pid}: cannot be read: {error}") from error
        return next(1024 * int(line.split()[1]) for line in fields if line.startswith("VmRSS:"))


@contextlib.contextmanager
def server_process(config: str, overrides: Sequence[str] = ()) -> Iterator[ServerProcess]:
    """Run `solami serve` on a free loopback port while the context lasts.

    Raises:
        SolamiError: the server did not come up; its last words are in the message.
    """
    port = _free_port()
    settings = [part for override in overrides for part in ("--set", override)]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "solami", "serve", "--config", config, *address, *settings]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_ready(process, port, log)
            yield ServerProcess(f"ws://127.0.0.1:{port}/v1/realtime", process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_ready(process: subprocess.Popen[bytes], port: int, log: IO[str]) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while not _is_ready(port):
        if process.poll() is not None or time.monotonic() > deadline_s:
            log.seek(0)
            raise SolamiError(f"the server did not start: {' '.join(log.read()[-500:].split())}")
        time.sleep(0.2)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2.0) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
