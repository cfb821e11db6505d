import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami.body.geometry import angle_between, quaternion_to_axis_angle, rotate
from solami.body.kinematics import forward_kinematics
from solami.body.npz import read_motion, write_motion
from solami.body.procedural import wave
from solami.errors import InputError


def _arrays(**changed: Any) -> dict[str, Any]:
    made = {"poses": np.zeros((8, 165), np.float32), "trans": np.zeros((8, 3), np.float32), "mocap_frame_rate": 30.0}
    return {k: v for k, v in (made | changed).items() if v is not None}


def _with(value: float) -> np.ndarray[Any, Any]:
    poses = np.zeros((8, 165), np.float32)
    poses[3, 7] = value
    return poses


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A motion survives the file, and the file says its axes."""
    motion = wave(1.0)
    write_motion(tmp_path / "a.npz", motion)
    file = read_motion(tmp_path / "a.npz")
    assert (file.up_axis, file.trans_is, file.source_fps) == ("Y", "pelvis", 30.0)
    assert np.degrees(angle_between(motion.rotations, file.motion.rotations)).max() < 0.05
    np.testing.assert_allclose(file.motion.translation, motion.translation, atol=1e-6)


def test_real_amass_is_brought_to_y_up_and_the_pelvis(tmp_path: Path) -> None:
    """The same body saved Z up with SMPL-X transl stands as before."""
    motion = wave(1.0)
    up = np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])  # Y up to Z up
    axis_angle = quaternion_to_axis_angle(motion.rotations.astype(np.float64))
    from solami.body.geometry import multiply

    axis_angle[:, 0] = quaternion_to_axis_angle(multiply(up, motion.rotations[:, 0].astype(np.float64)))
    transl = rotate(up, motion.translation.astype(np.float64)) - np.array([0.003, -0.351, 0.012])
    np.savez(
        tmp_path / "amass.npz", poses=axis_angle.reshape(-1, 165), trans=transl, mocap_frame_rate=30.0,
        surface_model_type="smplx",
    )  # fmt: skip
    file = read_motion(tmp_path / "amass.npz")
    assert (file.up_axis, file.trans_is) == ("Z", "transl")
    np.testing.assert_allclose(
        forward_kinematics(file.motion.rotations, file.motion.translation)[1],
        forward_kinematics(motion.rotations, motion.translation)[1],
        atol=1e-4,
    )


def test_options_override_the_file(tmp_path: Path) -> None:
    """Up axis and meaning of trans can be given where a file says nothing."""
    np.savez(tmp_path / "a.npz", **_arrays(trans=np.tile(np.float32([0, 0, 1]), (8, 1))))
    file = read_motion(tmp_path / "a.npz", up="Z", trans="pelvis")
    np.testing.assert_allclose(file.motion.translation[0], [0, 1, 0], atol=1e-6)


def test_other_rates_are_resampled(tmp_path: Path) -> None:
    """A second at 120 fps is thirty poses at 30 fps."""
    np.savez(tmp_path / "a.npz", **_arrays(poses=np.zeros((120, 165)), trans=np.zeros((120, 3)), mocap_frame_rate=120))
    assert len(read_motion(tmp_path / "a.npz").motion.rotations) == 30


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"poses": _with(np.nan)}, "NaN"),
        ({"poses": _with(np.inf)}, "NaN or beyond"),
        ({"poses": np.zeros((8, 159))}, "55 SMPL-X joints"),
        ({"poses": np.zeros((8, 164))}, "55 SMPL-X joints"),
        ({"poses": np.zeros((7, 165))}, "trans"),
        ({"poses": np.zeros((0, 165)), "trans": np.zeros((0, 3))}, "0 poses"),
        ({"poses": None}, "no poses"),
        ({"mocap_frame_rate": None}, "mocap_frame_rate"),
        ({"mocap_frame_rate": 0.0}, "1 to 1000"),
        ({"mocap_frame_rate": np.array([30.0, 30.0])}, "1 to 1000"),
        ({"poses": np.full((8, 165), "a")}, "numbers"),
        ({"poses": np.full((8, 165), None)}, "pickled"),
        ({"up_axis": "X"}, "up_axis"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    """Every kind of bad content is an InputError that names what is wrong."""
    np.savez(tmp_path / "bad.npz", **_arrays(**changed))
    with pytest.raises(InputError, match=says):
        read_motion(tmp_path / "bad.npz")


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Text, a cut archive, a bare array, a folder and nothing at all are InputErrors."""
    (tmp_path / "text.npz").write_text("hello")
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "whole.npz", **_arrays())
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:200])
    (tmp_path / "empty.npz").write_bytes(b"")
    for name in ("text.npz", "array.npy", "cut.npz", "empty.npz", "absent.npz", "."):
        with pytest.raises(InputError):
            read_motion(tmp_path / name)


@pytest.mark.parametrize(("joints", "hands"), [(52, True), (24, False), (22, False)])
def test_models_with_fewer_joints_come_in(tmp_path: Path, joints: int, hands: bool) -> None:
    """Files that name their model, as SMPL-H, SMPL or a body, move our joints; what they lack rests and is named."""
    poses = np.zeros((8, joints * 3), np.float32)
    poses[:, 3 * 18] = 0.5  # left elbow
    if hands:
        poses[:, 3 * 22 + 2] = 0.25  # left index
    np.savez(tmp_path / "a.npz", **_arrays(poses=poses), surface_model_type=np.array("smplh"), up_axis=np.array("Y"))
    file = read_motion(tmp_path / "a.npz")
    turned = np.degrees(2 * np.arccos(np.clip(file.motion.rotations[0, :, 3], -1, 1)))
    assert turned[18] == pytest.approx(np.degrees(0.5), abs=0.1)
    assert turned[25] == pytest.approx(np.degrees(0.25) if hands else 0, abs=0.1)
    assert file.has_hands is hands and {"jaw", "left_eye"} <= set(file.missing_joints)
    assert ("left_index1" in file.missing_joints) is not hands


@pytest.mark.parametrize("joints", [54, 52, 24, 22, 3])
def test_a_wrong_number_of_joints_is_refused(tmp_path: Path, joints: int) -> None:
    """A file that does not say it is of a smaller model has 55 joints or a mistake in it."""
    np.savez(tmp_path / "a.npz", **_arrays(poses=np.zeros((8, joints * 3), np.float32)))
    with pytest.raises(InputError, match="165"):
        read_motion(tmp_path / "a.npz")


def test_the_older_amass_is_known_by_its_spelling(tmp_path: Path) -> None:
    """An SMPL-H file that says `mocap_framerate` is Z up, with the model's own origin."""
    np.savez(
        tmp_path / "a.npz",
        poses=np.zeros((4, 156)),
        trans=np.tile([0.0, 0.0, 1.0], (4, 1)),
        mocap_framerate=np.float64(120),
    )
    file = read_motion(tmp_path / "a.npz")
    assert (file.up_axis, file.trans_is, file.source_fps) == ("Z", "transl", 120.0)
    np.testing.assert_allclose(file.motion.translation[0], [-0.002, 1.028, 0.223], atol=1e-6)


def test_an_array_larger_than_its_bytes_is_refused(tmp_path: Path) -> None:
    """A header that promises a terabyte is not believed."""
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 165), }".ljust(117) + "\n"
    raw = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w") as archive:
        archive.writestr("poses.npy", raw)
        archive.writestr("trans.npy", raw)
    with pytest.raises(InputError, match="says it is"):
        read_motion(tmp_path / "bomb.npz")
