import numpy as np
import pytest
from pygltflib import GLTF2

from solami import skeleton
from solami.body.mannequin_face import VISEMES
from solami.body.vrm import EXTENSION, write_vrm

# VRMC_vrm-1.0, humanoid.md: bones marked Required
REQUIRED = [
    "hips",
    "spine",
    "head",
    "leftUpperLeg",
    "leftLowerLeg",
    "leftFoot",
    "rightUpperLeg",
    "rightLowerLeg",
    "rightFoot",
    "leftUpperArm",
    "leftLowerArm",
    "leftHand",
    "rightUpperArm",
    "rightLowerArm",
    "rightHand",
]
# expressions.md: all presets
PRESETS = set(
    [
        "happy",
        "angry",
        "sad",
        "relaxed",
        "surprised",
        "aa",
        "ih",
        "ou",
        "ee",
        "oh",
        "blink",
        "blinkLeft",
        "blinkRight",
        "lookUp",
        "lookDown",
        "lookLeft",
        "lookRight",
        "neutral",
    ]
)
WIDTH = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}
DTYPE = {5126: np.float32, 5123: np.uint16, 5121: np.uint8}


@pytest.fixture(scope="module")
def gltf(tmp_path_factory: pytest.TempPathFactory) -> GLTF2:
    path = tmp_path_factory.mktemp("vrm") / "a.vrm"
    write_vrm(path)
    return GLTF2().load_binary(str(path))


def _array(gltf: GLTF2, number: int) -> np.ndarray:
    accessor = gltf.accessors[number]
    view = gltf.bufferViews[accessor.bufferView]
    raw = gltf.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
    return np.frombuffer(raw, DTYPE[accessor.componentType]).reshape(accessor.count, WIDTH[accessor.type])


def test_meta_says_who_may_use_it(gltf: GLTF2) -> None:
    """The three required fields are there, with the one licence URL that VRM 1.0 accepts."""
    extension = gltf.extensions[EXTENSION]
    assert gltf.extensionsUsed == [EXTENSION] and extension["specVersion"] == "1.0"
    meta = extension["meta"]
    assert meta["name"] and meta["authors"][0] and meta["licenseUrl"] == "https://vrm.dev/licenses/1.0/"


def test_bones_are_unique_and_in_their_order(gltf: GLTF2) -> None:
    """All required bones exist, no node serves twice, and parents are those of the skeleton, at positive scale."""
    bones = {name: bone["node"] for name, bone in gltf.extensions[EXTENSION]["humanoid"]["humanBones"].items()}
    assert set(REQUIRED) <= set(bones) and len(set(bones.values())) == len(bones) == 55
    parents = {child: i for i, node in enumerate(gltf.nodes) for child in node.children or []}
    for name, node in bones.items():
        parent = skeleton.PARENTS[skeleton.JOINT_OF_BONE[name]]
        assert parents.get(node, -1) == (bones[skeleton.VRM_BONES[parent]] if parent >= 0 else -1)
        assert gltf.nodes[node].rotation is None and gltf.nodes[node].scale is None


def test_expressions_bind_morph_targets_of_the_face(gltf: GLTF2) -> None:
    """Five mouths, blinks and feelings are presets; the fifteen visemes are custom under other names than presets."""
    expressions = gltf.extensions[EXTENSION]["expressions"]
    assert {"aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight"} <= set(expressions["preset"]) <= PRESETS
    assert set(expressions["custom"]) == {f"viseme_{name}" for name in VISEMES}
    assert not set(expressions["custom"]) & PRESETS
    for expression in [*expressions["preset"].values(), *expressions["custom"].values()]:
        (bind,) = expression["morphTargetBinds"]
        mesh = gltf.meshes[gltf.nodes[bind["node"]].mesh]
        assert all(bind["index"] < len(primitive.targets) for primitive in mesh.primitives)


def test_morph_targets_fit_their_vertices(gltf: GLTF2) -> None:
    """Every primitive of the face has the same targets, each as long as its positions and bounded as it says."""
    face = gltf.meshes[1]
    names = face.extras["targetNames"]
    for primitive in face.primitives:
        assert len(primitive.targets) == len(names)
        for target in primitive.targets:
            number = target["POSITION"] if isinstance(target, dict) else target.POSITION
            accessor, moves = gltf.accessors[number], _array(gltf, number)
            assert accessor.count == gltf.accessors[primitive.attributes.POSITION].count
            np.testing.assert_allclose([accessor.min, accessor.max], [moves.min(axis=0), moves.max(axis=0)], atol=1e-7)
    first = face.primitives[0].targets
    still = names.index("viseme_sil")
    number = first[still]["POSITION"] if isinstance(first[still], dict) else first[still].POSITION
    assert not _array(gltf, number).any()


def test_skin_and_buffers_are_sound(gltf: GLTF2) -> None:
    """Views lie in the buffer, indices in their vertices, weights sum to one, joints exist."""
    size = gltf.buffers[0].byteLength
    assert len(gltf.binary_blob()) >= size
    assert all(v.byteOffset % 4 == 0 and v.byteOffset + v.byteLength <= size for v in gltf.bufferViews)
    for mesh in gltf.meshes:
        for primitive in mesh.primitives:
            count = gltf.accessors[primitive.attributes.POSITION].count
            assert _array(gltf, primitive.indices).max() < count
            np.testing.assert_allclose(_array(gltf, primitive.attributes.WEIGHTS_0).sum(axis=1), 1, atol=1e-5)
            assert _array(gltf, primitive.attributes.JOINTS_0).max() < len(gltf.skins[0].joints)
            assert len(gltf.materials) > primitive.material


def test_eyes_look_by_bone(gltf: GLTF2) -> None:
    """The eyes' bones turn the eyes; the reference point lies between them."""
    look = gltf.extensions[EXTENSION]["lookAt"]
    assert look["type"] == "bone" and look["offsetFromHeadBone"][0] == 0
    joints = {node.name: i for i, node in enumerate(gltf.nodes)}
    face = gltf.meshes[1].primitives[0].attributes
    used = set(_array(gltf, face.JOINTS_0)[_array(gltf, face.WEIGHTS_0) > 0.99].tolist())
    assert {joints["leftEye"], joints["rightEye"]} <= used
