from pathlib import Path

import numpy as np
import pytest

from solami.body.bvh import write_bvh
from solami.body.geometry import multiply, quaternion_to_axis_angle
from solami.body.measures import joint_errors_mm
from solami.body.procedural import wave
from solami.body.standing import placement_between
from solami.datasets.import_motion import import_amass, import_bvh, import_humanml3d, import_interx, third_person
from solami.errors import InputError
from solami.frames import MotionChunk

WAVE = wave(2.0, seed=3)
SMPLX_PELVIS = np.array([0.003, -0.351, 0.012])


def axis_angles(motion: MotionChunk) -> np.ndarray:
    return quaternion_to_axis_angle(motion.rotations.astype(np.float64)).reshape(len(motion.rotations), 55, 3)


def write_amass(path: Path, motion: MotionChunk) -> None:
    """SMPL-H as AMASS has it: 52 joints, 120 Hz here by repeating, Z up, the model's transl."""
    path.parent.mkdir(parents=True, exist_ok=True)
    turn = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)  # Y up to Z up
    poses = axis_angles(motion)
    poses = np.concatenate([poses[:, :22], poses[:, 25:]], axis=1)
    root = motion.rotations[:, 0].astype(np.float64)
    half = np.array([np.sqrt(0.5), 0, 0, np.sqrt(0.5)])
    poses[:, 0] = quaternion_to_axis_angle(multiply(half, root))
    trans = motion.translation @ turn.T - np.array([-0.002, -0.223, 0.028])
    repeated = np.repeat(poses.reshape(len(poses), -1), 4, axis=0), np.repeat(trans, 4, axis=0)
    np.savez(
        path, poses=repeated[0], trans=repeated[1], mocap_framerate=np.float64(120), gender=np.array("male"),
        betas=np.zeros(16), dmpls=np.zeros((len(repeated[0]), 8)),
    )  # fmt: skip


def test_amass_recordings_are_named_by_their_files(tmp_path: Path) -> None:
    """Every recording comes at 30 fps, Y up and standing; body shapes are no recordings; broken files are left out."""
    write_amass(tmp_path / "KIT" / "3" / "kick_high_left02_poses.npz", WAVE)
    np.savez(tmp_path / "KIT" / "3" / "shape.npz", betas=np.zeros(16))
    np.savez(tmp_path / "KIT" / "3" / "broken_poses.npz", poses=np.zeros((3, 7)))
    found = list(import_amass(tmp_path))
    assert len(found) == 1
    row, motion = found[0]
    assert (row.id, row.caption, row.has_hands) == ("amass/KIT_3_kick_high_left02", "kit kick high left", True)
    count = min(len(motion.rotations), len(WAVE.rotations))
    error = joint_errors_mm(
        MotionChunk(WAVE.rotations[:count], WAVE.translation[:count]),
        MotionChunk(motion.rotations[:count], motion.translation[:count]),
    )
    assert abs(len(motion.rotations) - 60) <= 1 and float(np.median(error)) < 15
    with pytest.raises(InputError, match="found no"):
        list(import_amass(tmp_path / "KIT" / "4"))


def test_humanml3d_cuts_and_captions_recordings(tmp_path: Path) -> None:
    """Frames at 20 fps, lead-ins of some sets, parts that captions are about, splits; what is absent is left out."""
    write_amass(tmp_path / "amass_data" / "KIT" / "3" / "wave01_poses.npz", WAVE)
    write_amass(tmp_path / "amass_data" / "TotalCapture" / "s1" / "wave_poses.npz", WAVE)
    (tmp_path / "index.csv").write_text(
        "source_path,start_frame,end_frame,new_name\n"
        "./pose_data/KIT/3/wave01_poses.npy,10,40,000000.npy\n"
        "./pose_data/TotalCapture/s1/wave_poses.npy,0,40,000001.npy\n"
        "./pose_data/humanact12/none.npy,0,40,000002.npy\n"
    )
    texts = tmp_path / "HumanML3D" / "texts"
    texts.mkdir(parents=True)
    (texts / "000000.txt").write_text("a person waves with one arm.#a/DET person/NOUN#0.0#0.0\nanother#x#0.0#0.0\n")
    (texts / "000001.txt").write_text("the man is waving#the/DET man/NOUN#0.2#0.6\n")
    (tmp_path / "HumanML3D" / "val.txt").write_text("000000\nM000000\n")
    (first, motion), (second, part) = import_humanml3d(tmp_path)
    assert (first.id, first.caption, first.split) == ("humanml3d/000000", "waves with one arm", "val")
    assert len(motion.rotations) == 45  # frames 10 to 40 of 20 a second
    assert second.caption == "waving" and len(part.rotations) == 12  # 0.2 to 0.6 s behind the first second
    np.testing.assert_allclose(motion.translation[0, ::2], 0, atol=1e-4)


def test_interx_pairs_keep_their_places(tmp_path: Path) -> None:
    """Both people come at 30 fps in one world; caption, pair, roles and split are theirs; pickles are not opened."""
    people = [WAVE, wave(2.0, seed=5)]
    folder = tmp_path / "motions" / "G001T000A000R000"
    folder.mkdir(parents=True)
    world = []
    for number, motion in enumerate(people, start=1):
        shift = np.array([0.4, 0, 1.3 * number], np.float32)
        world.append(MotionChunk(motion.rotations, motion.translation + shift, 30.0))
        poses = np.repeat(axis_angles(motion), 4, axis=0)
        np.savez(
            folder / f"P{number}.npz", root_orient=poses[:, 0], pose_body=poses[:, 1:22], pose_lhand=poses[:, 25:40],
            pose_rhand=poses[:, 40:], trans=np.repeat(world[-1].translation - SMPLX_PELVIS, 4, axis=0),
            betas=np.zeros((1, 10)), gender=np.array("female"),
        )  # fmt: skip
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "G001T000A000R000.txt").write_text("One waves and the other waves back.\nMore.\n")
    (tmp_path / "splits").mkdir()
    (tmp_path / "splits" / "test.txt").write_text("G001T000A000R000\n")
    (a, first), (b, second) = import_interx(tmp_path)
    assert (a.pair_id, a.pair_role, b.pair_role, a.split) == ("G001T000A000R000", "a", "b", "test")
    assert a.caption.startswith("One waves") and len(first.rotations) == len(second.rotations)
    assert abs(len(first.rotations) - 60) <= 1
    wanted, got = placement_between(world[0], world[1], 0), placement_between(first, second, 0)
    assert got.distance_m == pytest.approx(wanted.distance_m, abs=0.01)
    assert got.bearing_rad == pytest.approx(wanted.bearing_rad, abs=0.02)


def test_bvh_folders_take_captions_from_a_table_or_from_names(tmp_path: Path) -> None:
    """A table beside the files captions some, the file's name the others."""
    (tmp_path / "day").mkdir()
    write_bvh(tmp_path / "day" / "wave.bvh", WAVE)
    write_bvh(tmp_path / "handShake02.bvh", WAVE)
    (tmp_path / "captions.csv").write_text("file,caption\nday/wave.bvh,waves to a friend\n")
    rows = {row.id: (row, motion) for row, motion in import_bvh(tmp_path)}
    assert rows["bvh/day_wave"][0].caption == "waves to a friend"
    assert rows["bvh/handShake02"][0].caption == "hand shake"
    assert abs(len(rows["bvh/day_wave"][1].rotations) - 60) <= 1


def test_mocap_laboratories_bones_are_known(data_pack: Path) -> None:
    """Two unchanged BVH files of other rigs come in, CMU's with its arm bones named by anatomy."""
    rows = {row.id: motion for row, motion in import_bvh(data_pack / "motion" / "raw")}
    assert set(rows) == {"bvh/cmu_18_01", "bvh/animated_drawings_wave_hello"}
    assert all(abs(float(motion.translation[0, 1]) - 0.9) < 0.15 for motion in rows.values())


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("a person waves.", "waves"),
        ("The man is walking  forward", "walking forward"),
        ("someone jumps", "jumps"),
        ("waves", "waves"),
        ("a person", "a person"),
    ],
)
def test_captions_lose_their_subject(caption: str, expected: str) -> None:
    """Third person without subject, as the scripts have it."""
    assert third_person(caption) == expected
