"""Values that cross the compute border."""

import pickle

from solami.stream_server import backend as be
from solami.stream_server.settings import SessionSettings


def test_commands_and_outputs_pickle() -> None:
    """They could cross to another process: a thread is a choice, not a need."""
    values = [be.Configure(SessionSettings()), be.AudioIn(b"ab"), be.ReplyEnded(1, "completed", (1, 2), 0.1)]
    assert pickle.loads(pickle.dumps(values)) == values
