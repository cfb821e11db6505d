"""Values that cross the compute border."""

from multiprocessing import Pipe

from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.settings import SessionSettings


def test_commands_and_outputs_cross_a_process_border() -> None:
    """They come out of a pipe between processes as they went in: a thread is a choice, not a need."""
    values = [cmd.Configure(SessionSettings()), cmd.AudioIn(b"ab"), op.ReplyEnded(1, "completed", (1, 2), 0.1)]
    near, far = Pipe()
    with near, far:
        near.send(values)
        assert far.recv() == values
