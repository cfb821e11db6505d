import json

from solami.stream_server.avatar_state import AvatarState
from solami.stream_server.writer import MessageWriter


def test_clients_are_told_of_changes_only() -> None:
    """Entering another state is one event; entering it again is none."""
    state = AvatarState(MessageWriter())
    (told,) = state.enter("thinking")
    event = json.loads(told.data)
    assert (event["type"], event["state"], state.now) == ("avatar.state", "thinking", "thinking")
    assert state.enter("thinking") == []
