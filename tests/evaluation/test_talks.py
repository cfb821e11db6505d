from solami.build import build_backend
from solami.config import load_serve_config
from solami.evaluation.held_out import HeldOut
from solami.evaluation.talks import play


def test_a_talk_is_played_to_its_end() -> None:
    """Every answer of the script stands beside one of the model's with motion, the same for the same seed."""
    backend, held_out = build_backend(load_serve_config("debug")), HeldOut(None)
    script = next(s for s in held_out.scripts if s.split != "train" and len(s.turns) >= 4)
    one, two = (play(backend, held_out.stage, script, 3) for _ in range(2))
    assert [played.wanted for played in one] == list(script.turns[1::2])
    assert all(played.reply.motion is not None and played.reply.token_ids for played in one)
    assert [p.reply.token_ids for p in one] == [p.reply.token_ids for p in two]
