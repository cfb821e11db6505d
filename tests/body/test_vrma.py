from pathlib import Path

import numpy as np
import pytest

from solami import skeleton
from solami.body.gltf_file import read_glb
from solami.body.procedural import wave
from solami.body.timing import cut
from solami.body.vrma import write_vrma
from solami.errors import InputError


def test_the_file_is_a_vrm_animation(tmp_path: Path) -> None:
    """Version 1.0, every bone named but the eyes, T-pose nodes, rotations for all and the hips' translation."""
    motion = wave(0.5)
    write_vrma(tmp_path / "a.vrma", motion)
    file = read_glb(tmp_path / "a.vrma")
    extension = file.document["extensions"]["VRMC_vrm_animation"]
    bones = extension["humanoid"]["humanBones"]
    assert extension["specVersion"] == "1.0" and "VRMC_vrm_animation" in file.document["extensionsUsed"]
    assert set(bones) == set(skeleton.VRM_BONES) - {"leftEye", "rightEye"}
    nodes, animation = file.part("nodes"), file.part("animations")[0]
    assert all(nodes[row["node"]]["name"] == bone for bone, row in bones.items())
    assert all(node.get("rotation") in (None, [0, 0, 0, 1]) for node in nodes)
    kinds = [(c["target"]["path"], nodes[c["target"]["node"]]["name"]) for c in animation["channels"]]
    assert [name for kind, name in kinds if kind == "translation"] == ["hips"]
    assert sorted(name for kind, name in kinds if kind == "rotation") == sorted(skeleton.VRM_BONES)


def test_the_numbers_are_the_motions(tmp_path: Path) -> None:
    """VRM's normalised rest pose has our axes: rotations go in unchanged, at the motion's times."""
    motion = wave(0.5)
    write_vrma(tmp_path / "a.vrma", motion)
    file = read_glb(tmp_path / "a.vrma")
    animation = file.part("animations")[0]
    joint = skeleton.INDEX["right_elbow"]
    channel = next(c for c in animation["channels"] if c["target"] == {"node": joint, "path": "rotation"})
    sampler = animation["samplers"][channel["sampler"]]
    np.testing.assert_array_equal(file.array(sampler["output"]), motion.rotations[:, joint])
    np.testing.assert_allclose(file.array(sampler["input"])[:, 0], np.arange(15) / 30, atol=1e-7)


def test_no_poses_are_refused(tmp_path: Path) -> None:
    """A motion without poses has no VRMA."""
    with pytest.raises(InputError, match="no poses"):
        write_vrma(tmp_path / "a.vrma", cut(wave(0.5), 0, 0))
