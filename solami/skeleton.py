"""The skeleton: SMPL-X joints, their parents, rest offsets and VRM 1.0 bone names. Tables only, no mathematics.

Right-handed, Y up, metres; a body facing +Z has its left on +X. The rest pose is a T-pose with palms down. The offsets
are approximate figures of the neutral SMPL-X shape (https://smpl-x.is.tue.mpg.de), symmetrised and rounded to a
millimetre; no licensed model file is behind them. VRM bones: VRMC_vrm-1.0, humanoid
(https://github.com/vrm-c/vrm-specification); Unity's HumanBodyBones
(https://docs.unity3d.com/ScriptReference/HumanBodyBones.html). Because VRM's normalised rest pose has the same axes, a
joint's rotation here is its bone's rotation there, unchanged.
"""

from __future__ import annotations

from typing import NamedTuple


class Joint(NamedTuple):
    """One joint of the rest pose."""

    name: str  # SMPL-X
    parent: str | None
    offset_m: tuple[float, float, float]  # from the parent
    vrm_bone: str


JOINTS: tuple[Joint, ...] = (
    Joint("pelvis", None, (0.0, 0.0, 0.0), "hips"),
    Joint("left_hip", "pelvis", (0.061, -0.099, -0.024), "leftUpperLeg"),
    Joint("right_hip", "pelvis", (-0.061, -0.099, -0.024), "rightUpperLeg"),
    Joint("spine1", "pelvis", (0.0, 0.11, -0.028), "spine"),
    Joint("left_knee", "left_hip", (0.049, -0.37, -0.013), "leftLowerLeg"),
    Joint("right_knee", "right_hip", (-0.049, -0.37, -0.013), "rightLowerLeg"),
    Joint("spine2", "spine1", (0.0, 0.131, -0.0055), "chest"),
    Joint("left_ankle", "left_knee", (-0.029, -0.407, -0.026), "leftFoot"),
    Joint("right_ankle", "right_knee", (0.029, -0.407, -0.026), "rightFoot"),
    Joint("spine3", "spine2", (0.0, 0.053, 0.0285), "upperChest"),
    Joint("left_foot", "left_ankle", (0.043, -0.058, 0.119), "leftToes"),
    Joint("right_foot", "right_ankle", (-0.043, -0.058, 0.119), "rightToes"),
    Joint("neck", "spine3", (0.0, 0.165, -0.032), "neck"),
    Joint("left_collar", "spine3", (0.047, 0.084, -0.01), "leftShoulder"),
    Joint("right_collar", "spine3", (-0.047, 0.084, -0.01), "rightShoulder"),
    Joint("head", "neck", (0.0, 0.16, 0.021), "head"),
    Joint("left_shoulder", "left_collar", (0.111, 0.056, -0.0145), "leftUpperArm"),
    Joint("right_shoulder", "right_collar", (-0.111, 0.056, -0.0145), "rightUpperArm"),
    Joint("left_elbow", "left_shoulder", (0.2625, -0.0545, -0.0345), "leftLowerArm"),
    Joint("right_elbow", "right_shoulder", (-0.2625, -0.0545, -0.0345), "rightLowerArm"),
    Joint("left_wrist", "left_elbow", (0.2505, 0.0095, -0.009), "leftHand"),
    Joint("right_wrist", "right_elbow", (-0.2505, 0.0095, -0.009), "rightHand"),
    Joint("jaw", "head", (0.0, -0.005, 0.001), "jaw"),
    Joint("left_eye", "head", (0.031, 0.044, 0.064), "leftEye"),
    Joint("right_eye", "head", (-0.031, 0.044, 0.064), "rightEye"),
    Joint("left_index1", "left_wrist", (0.104, -0.011, 0.02), "leftIndexProximal"),
    Joint("left_index2", "left_index1", (0.033, 0.001, 0.003), "leftIndexIntermediate"),
    Joint("left_index3", "left_index2", (0.023, -0.003, 0.0), "leftIndexDistal"),
    Joint("left_middle1", "left_wrist", (0.112, -0.008, -0.004), "leftMiddleProximal"),
    Joint("left_middle2", "left_middle1", (0.031, 0.0, -0.004), "leftMiddleIntermediate"),
    Joint("left_middle3", "left_middle2", (0.024, -0.002, -0.005), "leftMiddleDistal"),
    Joint("left_pinky1", "left_wrist", (0.087, -0.016, -0.045), "leftLittleProximal"),
    Joint("left_pinky2", "left_pinky1", (0.017, -0.002, -0.012), "leftLittleIntermediate"),
    Joint("left_pinky3", "left_pinky2", (0.016, -0.002, -0.011), "leftLittleDistal"),
    Joint("left_ring1", "left_wrist", (0.1, -0.011, -0.028), "leftRingProximal"),
    Joint("left_ring2", "left_ring1", (0.029, 0.001, -0.005), "leftRingIntermediate"),
    Joint("left_ring3", "left_ring2", (0.023, -0.002, -0.007), "leftRingDistal"),
    Joint("left_thumb1", "left_wrist", (0.041, -0.021, 0.027), "leftThumbMetacarpal"),
    Joint("left_thumb2", "left_thumb1", (0.017, 0.002, 0.026), "leftThumbProximal"),
    Joint("left_thumb3", "left_thumb2", (0.021, -0.004, 0.017), "leftThumbDistal"),
    Joint("right_index1", "right_wrist", (-0.104, -0.011, 0.02), "rightIndexProximal"),
    Joint("right_index2", "right_index1", (-0.033, 0.001, 0.003), "rightIndexIntermediate"),
    Joint("right_index3", "right_index2", (-0.023, -0.003, 0.0), "rightIndexDistal"),
    Joint("right_middle1", "right_wrist", (-0.112, -0.008, -0.004), "rightMiddleProximal"),
    Joint("right_middle2", "right_middle1", (-0.031, 0.0, -0.004), "rightMiddleIntermediate"),
    Joint("right_middle3", "right_middle2", (-0.024, -0.002, -0.005), "rightMiddleDistal"),
    Joint("right_pinky1", "right_wrist", (-0.087, -0.016, -0.045), "rightLittleProximal"),
    Joint("right_pinky2", "right_pinky1", (-0.017, -0.002, -0.012), "rightLittleIntermediate"),
    Joint("right_pinky3", "right_pinky2", (-0.016, -0.002, -0.011), "rightLittleDistal"),
    Joint("right_ring1", "right_wrist", (-0.1, -0.011, -0.028), "rightRingProximal"),
    Joint("right_ring2", "right_ring1", (-0.029, 0.001, -0.005), "rightRingIntermediate"),
    Joint("right_ring3", "right_ring2", (-0.023, -0.002, -0.007), "rightRingDistal"),
    Joint("right_thumb1", "right_wrist", (-0.041, -0.021, 0.027), "rightThumbMetacarpal"),
    Joint("right_thumb2", "right_thumb1", (-0.017, 0.002, 0.026), "rightThumbProximal"),
    Joint("right_thumb3", "right_thumb2", (-0.021, -0.004, 0.017), "rightThumbDistal"),
)

JOINT_NAMES: tuple[str, ...] = tuple(joint.name for joint in JOINTS)
INDEX: dict[str, int] = {name: i for i, name in enumerate(JOINT_NAMES)}
PARENTS: tuple[int, ...] = tuple(-1 if joint.parent is None else INDEX[joint.parent] for joint in JOINTS)
VRM_BONES: tuple[str, ...] = tuple(joint.vrm_bone for joint in JOINTS)
JOINT_OF_BONE: dict[str, int] = {bone: i for i, bone in enumerate(VRM_BONES)}
_UNITY_THUMB = {"Metacarpal": "Proximal", "Proximal": "Intermediate", "Distal": "Distal"}


def _unity_bone(vrm_bone: str) -> str:
    """Unity's HumanBodyBones name: capitalised, and the thumb's bones are counted as a finger's."""
    name = vrm_bone[0].upper() + vrm_bone[1:]
    head, thumb, part = name.partition("Thumb")
    return head + thumb + _UNITY_THUMB[part] if thumb else name


UNITY_BONES: tuple[str, ...] = tuple(_unity_bone(bone) for bone in VRM_BONES)  # bone i is joint i
JOINT_OF_UNITY_BONE: dict[str, int] = {bone: i for i, bone in enumerate(UNITY_BONES)}

NUM_BODY_JOINTS = 22  # pelvis and 21 body joints come first
FIRST_FINGER = 25  # then jaw and eyes, then 15 joints of the left hand and 15 of the right
NUM_FINGER_JOINTS = 30
PELVIS_HEIGHT_M = 0.949  # above the soles in the rest pose

CONTACT_JOINTS: tuple[int, ...] = tuple(INDEX[n] for n in ("left_ankle", "right_ankle", "left_foot", "right_foot"))
CONTACT_HEIGHTS_M: tuple[float, ...] = (
    0.073,
    0.073,
    0.015,
    0.015,
)  # of these joints above the floor when the sole is flat

MIRROR: tuple[int, ...] = tuple(
    INDEX[n.replace("left_", "right_") if n.startswith("left_") else n.replace("right_", "left_")] for n in JOINT_NAMES
)  # the joint on the other side
