"""Reads BVH into a `RigMotion`: any hierarchy, any channel order. What the bones mean is found out in `retarget`.

Biovision's format as its readers agree on it: a joint's channels are applied in the order they are named, the leftmost
outermost. Position channels hold the whole offset in some programs and are added to it in others; which, shows in the
first frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from solami.body.geometry import Array, multiply
from solami.body.rig_motion import Pose, RigMotion, check_size, world_poses
from solami.errors import InputError

_MAX_BYTES = 1 << 29
_MAX_BONES = 2000
_COMMON_FPS = (30.0, 60.0, 120.0, 24.0, 25.0, 50.0, 100.0, 90.0, 72.0, 48.0, 15.0, 20.0, 10.0, 12.0, 240.0, 200.0)
_AXES = {"x": 0, "y": 1, "z": 2}


@dataclass(slots=True)
class _Joint:
    name: str
    parent: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: list[str] = field(default_factory=list)
    is_tip: bool = False


def read_bvh(path: Path) -> RigMotion:
    """Read a BVH file.

    Raises:
        InputError: not a BVH, cut short, a wrong number of values, no frames, NaN, or too long to hold.
    """
    head, values = _split(path)
    joints, after = _hierarchy(path, head)
    frames, fps = _timing(path, head[after:])
    table = _table(path, values, frames, sum(len(joint.channels) for joint in joints))
    check_size(str(path), frames, len(joints))
    rotations, translations = _local(joints, table)
    parents = tuple(joint.parent for joint in joints)
    world, positions = world_poses(parents, rotations, translations)
    still = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (1, len(joints), 1))
    rest = world_poses(parents, still, [np.array(joint.offset) for joint in joints])
    return RigMotion(
        names=tuple(joint.name for joint in joints),
        parents=parents,
        rests=(Pose(rest[0][0], rest[1][0]),),
        rotations=world,
        positions=positions,
        fps=fps,
    )


def _split(path: Path) -> tuple[list[list[str]], list[str]]:
    """The words of each line up to the frame time, and the words after it."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: {path.stat().st_size >> 20} MiB, expected at most {_MAX_BYTES >> 20}; cut it")
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); give a BVH file") from error
    if not text.lstrip()[:9].upper().startswith("HIERARCHY"):
        raise InputError(f"{path}: does not begin with HIERARCHY, expected a BVH file")
    where = text.upper().find("FRAME TIME")
    if where < 0:
        raise InputError(f"{path}: no 'Frame Time:' line, expected HIERARCHY and then MOTION; the file seems cut")
    end = text.find("\n", where)
    end = len(text) if end < 0 else end
    head = text[:end].replace("{", "\n{\n").replace("}", "\n}\n")
    return [words for line in head.splitlines() if (words := line.split())], text[end:].split()


def _hierarchy(path: Path, lines: list[list[str]]) -> tuple[list[_Joint], int]:
    """The joints in the order of their channels, end sites among them, and the number of the MOTION line."""
    joints: list[_Joint] = []
    above: list[int] = []
    opened: int = -1
    for number, words in enumerate(lines[1:], start=1):
        match words[0].upper():
            case "ROOT" | "JOINT" | "END":
                tip = words[0].upper() == "END"
                name = f"{joints[above[-1]].name}_end" if tip and above else " ".join(words[1:])
                joints.append(_Joint(name, above[-1] if above else -1, is_tip=tip))
                opened = len(joints) - 1
            case "{":
                above.append(opened)
            case "}" if above:
                above.pop()
            case "OFFSET" if joints and len(words) >= 4:
                x, y, z = (_number(path, word) for word in words[1:4])
                joints[-1].offset = (x, y, z)
            case "CHANNELS" if joints and len(words) >= 2:
                joints[-1].channels = _channels(path, joints[-1].name, words[1:])
            case "MOTION" if joints and not above:
                return joints, number
            case _:
                raise InputError(f"{path}: got {' '.join(words)[:60]!r} in the hierarchy, expected a BVH joint line")
        if len(joints) > _MAX_BONES:
            raise InputError(f"{path}: more than {_MAX_BONES} joints, expected a humanoid")
    raise InputError(f"{path}: the hierarchy does not end, expected MOTION after its last brace; the file seems cut")


def _channels(path: Path, joint: str, words: list[str]) -> list[str]:
    names = [word.lower() for word in words[1:]]
    known = all(name[0] in _AXES and name[1:] in ("position", "rotation") for name in names)
    if words[0] != str(len(names)) or not known or len(set(names)) != len(names):
        raise InputError(
            f"{path}: joint {joint} has CHANNELS {' '.join(words)}, expected their number and then Xposition, "
            "Yposition, Zposition, Xrotation, Yrotation or Zrotation, each at most once"
        )
    return names


def _timing(path: Path, lines: list[list[str]]) -> tuple[int, float]:
    """The number of frames and the frame rate."""
    said = {words[0].rstrip(":").upper(): words[-1] for words in lines[1:]}
    frames, step = (_number(path, said.get(key, "nothing")) for key in ("FRAMES", "FRAME"))
    if not 1 <= frames <= 10_000_000 or frames != int(frames):
        raise InputError(f"{path}: Frames: {frames:g}, expected at least 1")
    if not 1e-3 <= step <= 1:
        raise InputError(f"{path}: Frame Time: {step:g} s, expected 0.001 to 1")
    digits = len(said["FRAME"].partition(".")[2])
    slack = min(10.0**-digits, 0.05 * step)
    near = (fps for fps in _COMMON_FPS if step - slack <= 1 / fps <= step + slack)
    return int(frames), next(near, 1 / step)


def _table(path: Path, words: list[str], frames: int, width: int) -> Array:
    """The channel values [T, C]."""
    if not width:
        raise InputError(f"{path}: no joint has channels, expected rotations")
    if len(words) != frames * width:
        raise InputError(
            f"{path}: {len(words)} motion values, expected {frames} frames x {width} channels = {frames * width}; "
            f"{'the file seems cut' if len(words) < frames * width else 'Frames: or CHANNELS is wrong'}"
        )
    try:
        table = np.array(words, dtype=np.float64).reshape(frames, width)
    except ValueError as error:
        raise InputError(f"{path}: a motion value is no number ({error})") from error
    if not (np.isfinite(table) & (np.abs(table) < 1e8)).all():
        row = int(np.argwhere(~(np.isfinite(table) & (np.abs(table) < 1e8)))[0, 0])
        raise InputError(f"{path}: a value that is NaN or out of reason in frame {row}; mend the capture first")
    return table


def _local(joints: list[_Joint], table: Array) -> tuple[Array, list[Array]]:
    """Local rotations [T, N, 4] and translations, [3] or [T, 3] each."""
    rotations = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (len(table), len(joints), 1))
    translations: list[Array] = []
    column = 0
    for i, joint in enumerate(joints):
        offset = np.array(joint.offset)
        moved = np.tile(offset, (len(table), 1))
        positions: list[int] = []
        for channel in joint.channels:
            axis, values = _AXES[channel[0]], table[:, column]
            column += 1
            if channel.endswith("position"):
                moved[:, axis] = values
                positions.append(axis)
            else:
                rotations[:, i] = multiply(rotations[:, i], _turn(axis, np.radians(values)))
        first, rest = moved[0, positions], offset[positions]
        if positions and np.linalg.norm(first - rest) > np.linalg.norm(first) + 1e-9:
            moved[:, positions] += rest
        translations.append(moved if positions else offset)
    return rotations, translations


def _turn(axis: int, angles: Array) -> Array:
    q = np.zeros((len(angles), 4))
    q[:, axis], q[:, 3] = np.sin(angles / 2), np.cos(angles / 2)
    return q


def _number(path: Path, word: str) -> float:
    try:
        value = float(word)
    except ValueError as error:
        raise InputError(f"{path}: got {word[:40]!r} where a number must be, expected a BVH file") from error
    if not np.isfinite(value):
        raise InputError(f"{path}: got {word!r} where a finite number must be; mend the file")
    return value
