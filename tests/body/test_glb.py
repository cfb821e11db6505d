from pathlib import Path

import numpy as np
import pytest
from pygltflib import GLTF2

from solami import skeleton
from solami.body.glb import write_glb
from solami.body.procedural import wave
from solami.body.timing import cut
from solami.errors import InputError


def test_file_holds_the_skeleton_and_the_motion(tmp_path: Path) -> None:
    """Bones carry VRM names, the skin has them all, and the animation's numbers are the motion's."""
    motion = wave(1.0)
    write_glb(tmp_path / "a.glb", motion)
    gltf = GLTF2().load(str(tmp_path / "a.glb"))
    assert tuple(node.name for node in gltf.nodes[:55]) == skeleton.VRM_BONES
    assert gltf.skins[0].joints == list(range(55))
    animation = gltf.animations[0]
    elbow = next(c for c in animation.channels if c.target.node == skeleton.INDEX["right_elbow"])
    view = gltf.bufferViews[gltf.accessors[animation.samplers[elbow.sampler].output].bufferView]
    raw = gltf.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
    stored = np.frombuffer(raw, np.float32).reshape(-1, 4)
    np.testing.assert_array_equal(stored, motion.rotations[:, skeleton.INDEX["right_elbow"]])


def test_views_lie_inside_the_buffer_and_are_aligned(tmp_path: Path) -> None:
    """Every view starts on four bytes and ends within the buffer, as glTF demands."""
    write_glb(tmp_path / "a.glb", wave(0.5))
    gltf = GLTF2().load(str(tmp_path / "a.glb"))
    assert all(
        v.byteOffset % 4 == 0 and v.byteOffset + v.byteLength <= gltf.buffers[0].byteLength for v in gltf.bufferViews
    )


def test_no_poses_are_refused(tmp_path: Path) -> None:
    """A motion without poses has no GLB."""
    with pytest.raises(InputError, match="no poses"):
        write_glb(tmp_path / "a.glb", cut(wave(0.5), 0, 0))
