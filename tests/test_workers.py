import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from solami.workers import worker_pool

PARENT = """
import os, sys, time
from pathlib import Path
from solami.workers import worker_pool

if __name__ == "__main__":
    with worker_pool(1) as pool:
        Path(sys.argv[1]).write_text(str(pool.submit(os.getpid).result()))
        pool.submit(time.sleep, 600).result()
"""


def test_jobs_run_elsewhere() -> None:
    """A job's result comes back from another process."""
    with worker_pool(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """In the middle of a job the parent is killed without warning: its worker is gone soon after."""
    script, found = tmp_path / "parent.py", tmp_path / "worker"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script), str(found)]) as parent:
        _wait(lambda: found.exists() and bool(found.read_text()))
        parent.send_signal(signal.SIGKILL)
    worker = int(found.read_text())
    _wait(lambda: not _is_running(worker))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")  # a zombie has ended


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "waited a minute in vain"
        time.sleep(0.05)
