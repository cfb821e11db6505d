import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import Array, angle_between, axis_angle_to_quaternion, multiply, rotate
from solami.body.gltf_animation import read_gltf
from solami.body.gltf_file import read_glb
from solami.body.kinematics import forward_kinematics
from solami.body.rest import rest_positions
from solami.body.retarget import retarget
from solami.body.vrma import write_vrma
from solami.errors import InputError
from solami.frames import MotionChunk


@pytest.fixture
def parts(tmp_path: Path, motion: MotionChunk) -> tuple[dict[str, Any], bytes]:
    """The JSON and the binary of a VRMA of six busy frames."""
    write_vrma(tmp_path / "source.vrma", motion)
    file = read_glb(tmp_path / "source.vrma")
    return file.document, file.binary


def _saved(path: Path, document: dict[str, Any], binary: bytes) -> Path:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks)
    return path


def _add(document: dict[str, Any], binary: bytes, values: Array, kind: str) -> tuple[int, bytes]:
    """A new accessor of float values; its number and the longer binary."""
    raw = np.asarray(values, "<f4").tobytes()
    document["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(raw)})
    row = {"bufferView": len(document["bufferViews"]) - 1, "componentType": 5126, "count": len(values), "type": kind}
    document["accessors"].append(row)
    return len(document["accessors"]) - 1, binary + raw


def _off(path: Path, motion: MotionChunk) -> float:
    """The largest distance in metres of any joint from where it was."""
    made, _ = retarget(str(path), read_gltf(path))
    places = [forward_kinematics(m.rotations.astype(np.float64), m.translation)[1] for m in (motion, made)]
    return float(np.abs(places[0] - places[1]).max())


def test_bones_are_known_by_each_extension_and_by_name(
    tmp_path: Path, motion: MotionChunk, parts: tuple[dict[str, Any], bytes]
) -> None:
    """VRMA, VRM 1.0, VRM 0.x with its other thumbs, and bare node names give the same motion."""
    document, binary = parts
    bones = document["extensions"]["VRMC_vrm_animation"]["humanoid"]["humanBones"]
    bones |= {bone: {"node": i} for i, bone in enumerate(skeleton.VRM_BONES)}
    back = {"Metacarpal": "Proximal", "Proximal": "Intermediate"}
    old = []
    for bone, row in bones.items():
        head, thumb, part = bone.partition("Thumb")
        old.append({"bone": head + thumb + (back.get(part, part) if thumb else ""), "node": row["node"]})
    for extensions in (
        {"VRMC_vrm_animation": {"humanoid": {"humanBones": bones}}},
        {"VRMC_vrm": {"humanoid": {"humanBones": bones}}},
        {"VRM": {"humanoid": {"humanBones": old}}},
        {},
    ):
        path = _saved(tmp_path / "a.glb", document | {"extensions": extensions}, binary)
        assert _off(path, motion) < 1e-4, list(extensions)


def test_an_armature_may_turn_and_shrink_what_is_below(
    tmp_path: Path, motion: MotionChunk, parts: tuple[dict[str, Any], bytes]
) -> None:
    """Centimetres with Z up under a node that turns and scales them, as exporters write it, come in right."""
    document, binary = parts
    document.pop("extensions")
    nodes = document["nodes"]
    for node in nodes:
        node["translation"] = [100 * v for v in node["translation"]]
    hips = nodes[0]
    x, y, z = hips["translation"]
    hips["translation"] = [x, -z, y]
    to_z = axis_angle_to_quaternion(np.array([np.pi / 2, 0.0, 0.0]))
    hips["rotation"] = to_z.tolist()
    turns, binary = _add(document, binary, multiply(to_z, motion.rotations[:, 0].astype(np.float64)), "VEC4")
    moves, binary = _add(document, binary, 100 * rotate(to_z, motion.translation.astype(np.float64)), "VEC3")
    animation = document["animations"][0]
    for channel in animation["channels"]:
        if channel["target"]["node"] == 0:
            sampler = animation["samplers"][channel["sampler"]]
            sampler["output"] = turns if channel["target"]["path"] == "rotation" else moves
    matrix = np.diag([0.01, 0.01, 0.01, 1.0])
    matrix[:3, :3] = 0.01 * np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    nodes.append({"name": "Armature", "matrix": matrix.T.reshape(-1).tolist(), "children": [0]})
    assert _off(_saved(tmp_path / "a.glb", document, binary), motion) < 1e-4


def test_the_bind_pose_counts_and_not_where_the_nodes_happen_to_stand(
    tmp_path: Path, motion: MotionChunk, parts: tuple[dict[str, Any], bytes]
) -> None:
    """With nodes left in some frame of the motion, the skin's bind matrices tell the T-pose."""
    document, binary = parts
    document.pop("extensions")
    for i, node in enumerate(document["nodes"]):
        node["rotation"] = motion.rotations[2, i].tolist()
    matrices = np.tile(np.eye(4), (55, 1, 1))
    matrices[:, 3, :3] = -rest_positions()
    number, binary = _add(document, binary, matrices.reshape(-1, 16), "MAT4")
    document["skins"] = [{"joints": list(range(55)), "inverseBindMatrices": number}]
    assert _off(_saved(tmp_path / "a.glb", document, binary), motion) < 1e-4


@pytest.mark.parametrize("way", ["STEP", "CUBICSPLINE", "LINEAR"])
def test_keys_are_read_as_their_interpolation_says(
    tmp_path: Path, parts: tuple[dict[str, Any], bytes], way: str
) -> None:
    """Between two uneven keys a step holds, a line goes evenly, and a spline with flat tangents eases in and out."""
    document, binary = parts
    times, binary = _add(document, binary, np.array([0.0, 0.1, 1.1]), "SCALAR")
    ends = axis_angle_to_quaternion(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.2]]))
    flat = np.zeros((3, 3, 4))
    flat[:, 1] = ends
    values = flat.reshape(-1, 4) if way == "CUBICSPLINE" else ends
    output, binary = _add(document, binary, values, "VEC4")
    animation = document["animations"][0]
    head = skeleton.INDEX["head"]
    number = next(c["sampler"] for c in animation["channels"] if c["target"] == {"node": head, "path": "rotation"})
    animation["samplers"][number] = {"input": times, "output": output, "interpolation": way}
    animation["channels"] = [c for c in animation["channels"] if c["sampler"] == number]
    rig = read_gltf(_saved(tmp_path / "a.glb", document, binary))
    at = round((0.1 + 0.25) * rig.fps)
    share = (at / rig.fps - 0.1) / 1.0
    expected = {"STEP": 0.0, "LINEAR": share, "CUBICSPLINE": 3 * share**2 - 2 * share**3}[way] * 0.2
    assert "evenly" in rig.notes[0] and rig.fps == 60.0
    bone = rig.names.index("head")
    assert angle_between(rig.rotations[at, bone], np.array([0.0, 0, 0, 1.0])) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"animations": []}, "no animation"),
        ({"nodes": []}, "0 nodes"),
        ({"nodes": [{"children": [0]}]}, "hangs from itself"),
        ({"nodes": [{"children": [9]}]}, "nodes 9"),
        ({"nodes": [{"rotation": ["a", 0, 0, 1]}]}, "transform"),
        ({"nodes": [{"matrix": [1, 2]}]}, "transform"),
        ({"extensions": {"VRMC_vrm": {"humanoid": {"humanBones": {"hips": {"node": 0}}}}}}, "leftUpperLeg"),
        ({"extensions": {"VRM": {"humanoid": {"humanBones": [{"bone": "hips"}]}}}}, "humanBones"),
        ({"animations": [{"samplers": [], "channels": [{"sampler": 3, "target": {}}]}]}, "no sampler"),
    ],
)
def test_broken_or_empty_scenes_say_why(
    tmp_path: Path, parts: tuple[dict[str, Any], bytes], change: dict[str, Any], says: str
) -> None:
    """A file without an animation, bones or sense is an InputError that names what is wrong."""
    document, binary = parts
    with pytest.raises(InputError, match=says):
        read_gltf(_saved(tmp_path / "a.glb", document | change, binary))


def test_samplers_must_fit_their_keys(tmp_path: Path, parts: tuple[dict[str, Any], bytes]) -> None:
    """Fewer values than keys, and clocks that run back, are refused."""
    document, binary = parts
    sampler = document["animations"][0]["samplers"][1]
    short, binary = _add(document, binary, np.zeros((2, 4)), "VEC4")
    whole, sampler["output"] = sampler["output"], short
    with pytest.raises(InputError, match="2 values of 4 for 6 keys"):
        read_gltf(_saved(tmp_path / "a.glb", document, binary))
    sampler["output"] = whole
    sampler["input"], binary = _add(document, binary, np.array([0.0, 1, 2, 1, 4, 5]), "SCALAR")
    with pytest.raises(InputError, match="rising clock"):
        read_gltf(_saved(tmp_path / "a.glb", document, binary))
