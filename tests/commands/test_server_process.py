import os
import urllib.request

import pytest

from solami.commands.server_process import server_process
from solami.errors import SolamiError


def test_a_server_runs_in_a_process_of_its_own() -> None:
    """It answers while the context lasts, tells its memory, and is gone afterwards."""
    with server_process("click-flip") as server:
        health = server.url.replace("ws://", "http://").replace("/v1/realtime", "/healthz")
        with urllib.request.urlopen(health) as answer:
            assert answer.status == 200
        assert server.pid != os.getpid() and server.resident_bytes() > 10 << 20
    with pytest.raises(OSError):
        urllib.request.urlopen(health)
    with pytest.raises(SolamiError, match="memory"):
        server.resident_bytes()


def test_a_server_that_cannot_start_says_why() -> None:
    """The message has the server's own words."""
    with pytest.raises(SolamiError, match="no_such_config"), server_process("no_such_config"):
        pass
