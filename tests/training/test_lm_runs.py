import numpy as np
import pytest

from solami.config import checkpoint_folder
from solami.datasets.staging import LEAD_FRAMES
from solami.tokenizers.three_points import ThreePointModel
from solami.training.lm_codes import THREE_POINTS
from solami.training.lm_runs import code_steps, make_run, staged_keys, train_stage


def test_a_stage_without_a_pack_is_procedural() -> None:
    """So many train takes of every caption, none of them captured, and keys are listed once each."""
    stage = train_stage(None, takes=1)
    keys = staged_keys(stage, has_trackers=True)
    assert len(stage.clips) == 60 and len(keys) == len(set(keys))
    tracked = [key for key in keys if key.startswith(THREE_POINTS)]
    assert tracked and {key.removeprefix(THREE_POINTS) for key in tracked} < set(keys)
    assert not [key for key in staged_keys(stage) if key.startswith(THREE_POINTS)]


def test_a_tracked_run_is_another_guess_of_the_same_motion() -> None:
    """What the packaged model makes of simulated devices is repeatable, about as long, and not the same poses."""
    stage, solver = train_stage(None, takes=1), ThreePointModel.load(checkpoint_folder("default"))
    key = next(key for key in staged_keys(stage) if "claps" in key)
    whole = make_run(stage, None, key)
    tracked = make_run(stage, solver, THREE_POINTS + key)
    np.testing.assert_array_equal(tracked.rotations, make_run(stage, solver, THREE_POINTS + key).rotations)
    assert abs(len(tracked.rotations) - len(whole.rotations)) < 10
    count = min(len(tracked.rotations), len(whole.rotations))
    assert np.abs(tracked.rotations[:count] - whole.rotations[:count]).max() > 0.05


def test_code_steps_begin_behind_the_lead_in() -> None:
    """One step a code frame, measured from the last pose of the lead-in, the last pose repeated where codes go on."""
    stage = train_stage(None, takes=1)
    run = make_run(stage, None, next(key for key in staged_keys(stage) if "walks_forward" in key))
    codes = len(run.rotations) // 4
    steps = code_steps(run, codes)
    assert steps.shape == (codes, 3) and steps[-1, 1] > 0.5
    gone = run.translation[LEAD_FRAMES - 1 + 4] - run.translation[LEAD_FRAMES - 1]
    assert np.hypot(*steps[0, :2]) == pytest.approx(np.hypot(gone[0], gone[2]), abs=1e-4)
