import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import Result
from typer.testing import CliRunner

from solami.body.geometry import angle_between
from solami.body.npz import read_motion, write_motion
from solami.body.procedural import wave
from solami.commands.motion import app, decode_motion, roundtrip_motion
from solami.errors import ConfigError, InputError
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a tiny random tokenizer and a wave."""
    torch.manual_seed(0)
    net = MotionNetConfig(codebook_size=16, latent_dim=8, width=12, refine_width=6, dilations=(1,))
    VQMotionTokenizer.fresh(MotionTokenizerConfig(body=net, hands=net)).save(tmp_path)
    write_motion(tmp_path / "in.npz", wave(1.1))
    return tmp_path


def test_round_trip_reports_the_measures(folder: Path) -> None:
    """The report has the keys outside checks rely on, and the file as many poses as came in."""
    report = roundtrip_motion(folder, folder / "in.npz", folder / "out.npz")
    assert {
        "mpjpe_mm", "pa_mpjpe_mm", "rotation_error_deg", "hand_error_deg", "foot_skate_ratio", "bits_per_s", "up_axis",
        "trans_is",
    } <= report.keys()  # fmt: skip
    assert report["bits_per_s"] == 7.5 * 4 * 2 and (report["up_axis"], report["trans_is"]) == ("Y", "pelvis")
    assert len(read_motion(folder / "out.npz").motion.rotations) == 33


def test_kept_codes_decode_to_the_identical_file(folder: Path) -> None:
    """Decoding the codes kept by a round trip gives the very same poses."""
    roundtrip_motion(folder, folder / "in.npz", folder / "out.npz", codes=folder / "codes.npz")
    decode_motion(folder, folder / "codes.npz", folder / "again.npz")
    for key in ("poses", "trans"):
        with np.load(folder / "out.npz") as one, np.load(folder / "again.npz") as two:
            np.testing.assert_array_equal(one[key], two[key])


@pytest.mark.parametrize("ending", ["npz", "bvh", "vrma"])
def test_files_are_converted_there_and_back(folder: Path, ending: str) -> None:
    """A converted file is as a motion what it was, and the command says what it assumed of it, as JSON if asked."""
    there = _convert(str(folder / "in.npz"), str(folder / f"out.{ending}"))
    assert (folder / f"out.{ending}").stat().st_size > 1000 and "up_axis: Y" in there.stderr and not there.stdout
    back = json.loads(_convert(str(folder / f"out.{ending}"), str(folder / "back.npz"), "--json").stdout)
    assert (back["up_axis"], back["source_fps"], back["poses"], back["missing_joints"]) == ("Y", 30.0, 33, [])
    assert back["units"] == ("cm" if ending == "bvh" else "m")
    one, two = (read_motion(folder / name).motion for name in ("in.npz", "back.npz"))
    assert np.degrees(angle_between(one.rotations, two.rotations)).max() < 0.1
    np.testing.assert_allclose(one.translation, two.translation, atol=1e-4)


def _convert(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["convert", *arguments] if len(app.registered_commands) > 1 else list(arguments))
    assert result.exit_code == 0, result.output
    return result


def test_round_trips_take_any_format(folder: Path) -> None:
    """A BVH goes through the tokenizer as the npz it came from does."""
    _convert(str(folder / "in.npz"), str(folder / "in.bvh"))
    report = roundtrip_motion(folder, folder / "in.bvh", folder / "out.npz")
    assert report["units"] == "cm" and len(read_motion(folder / "out.npz").motion.rotations) == 33


def test_wrong_usage_is_said(folder: Path) -> None:
    """Unknown endings and axes, files of the wrong kind and absent checkpoints are errors with a reason."""
    for target, options in (("out.fbx", {}), ("out.npz", {"up": "X"}), ("out.npz", {"trans": "hips"})):
        with pytest.raises(InputError):
            roundtrip_motion(folder, folder / "in.npz", folder / target, **options)  # type: ignore[arg-type]
    for wrong in ("in.npz", "motion.json", "absent.npz"):
        with pytest.raises(InputError):
            decode_motion(folder, folder / wrong, folder / "out.npz")
    with pytest.raises(ConfigError):
        roundtrip_motion(folder / "absent", folder / "in.npz", folder / "out.npz")
