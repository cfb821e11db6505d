from solami.datasets.scripts import load_scripts
from solami.evaluation.held_out import (
    HeldOut,
    every_exchange,
    exchanges_of,
    opening_exchanges,
    performed,
    user_captions,
)


def test_openings_of_held_out_scripts_take_personas_by_turns() -> None:
    """The first ten held-out openings are of ten personas, none stands in a train script."""
    scripts = load_scripts()
    held, train = (opening_exchanges(scripts, held_out=flag) for flag in (True, False))
    assert len({e.persona for e in held[:10]}) == 10 and len(held) > 60
    assert all(e.asked.strip() and e.said.strip() for e in held)
    assert not {(e.asked, e.said) for e in held} & {(e.asked, e.said) for e in train}


def test_what_users_did_is_shown_by_held_out_takes() -> None:
    """Without a pack, motion for held-out captions comes from takes that no training has seen."""
    held_out = HeldOut(None, takes=10)
    assert user_captions(held_out.scripts)
    shown = held_out.seen(5)
    assert len(shown) == 5 and all(len(motion.rotations) > 10 for _, motion in shown)
    assert {clip.split for clip in held_out.stage.clips.values()} == {"val", "test"}
    assert {clip.split for clip in held_out.train_clips} == {"train"}


def test_a_performance_is_as_long_as_told() -> None:
    """Seconds in, poses out, without what leads in."""
    stage = HeldOut(None, takes=10).stage
    run = stage.all_clips()[0]
    assert len(performed(stage, run, 1.5).rotations) == 45
    assert len(performed(stage, run).rotations) == round(30 * run.seconds)


def test_every_exchange_of_held_out_scripts_counts() -> None:
    """Beside the openings there are the later exchanges in which both speak, and none of a train script."""
    scripts = load_scripts()
    every, openings = every_exchange(scripts), opening_exchanges(scripts, held_out=True)
    assert set(openings) <= set(every) and len(every) > 2 * len(openings)
    train = {(e.asked, e.said) for s in scripts if s.split == "train" for e in exchanges_of(s)}
    assert len({(e.asked, e.said) for e in every} & train) < 0.05 * len(every)
