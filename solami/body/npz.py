"""Motion files in the AMASS style (https://amass.is.tue.mpg.de): npz with SMPL-X `poses` and `trans`. Never pickle.

What we write says `up_axis` and `trans_is`. A file without them is real AMASS (Z up, `trans` is the model's transl) if
it names its `surface_model_type`, or has fewer joints and AMASS's older spelling `mocap_framerate`; else it is of the
development pack (Y up, `trans` is the pelvis joint). SMPL-H, SMPL and bare bodies that say so come in; the rest rests.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, axis_angle_to_quaternion, multiply, quaternion_to_axis_angle, rotate
from solami.body.timing import resample
from solami.errors import InputError
from solami.frames import NUM_JOINTS, MotionChunk
from solami.skeleton import FIRST_FINGER, JOINT_NAMES, NUM_BODY_JOINTS

UpAxis = Literal["Y", "Z"]
TransIs = Literal["pelvis", "transl"]
_SMPLX_PELVIS_M = np.array([0.003, -0.351, 0.012])  # where the SMPL-X model puts its pelvis before transl
_SMPL_PELVIS_M = np.array([-0.002, -0.223, 0.028])  # and SMPL and SMPL-H theirs
_BODY, _HANDS = range(NUM_BODY_JOINTS), range(FIRST_FINGER, NUM_JOINTS)
_MODELS = {  # by the number of joints: name, and the SMPL-X joints that come first
    55: ("SMPL-X", [*range(NUM_JOINTS)]),
    52: ("SMPL-H", [*_BODY, *_HANDS]),
    24: ("SMPL", [*_BODY]),  # its two hands are single joints in no SMPL-X place
    22: ("SMPL body", [*_BODY]),
}
_MAX_BYTES = 1 << 30
# What numpy lets through of a broken archive; RuntimeError: a member that is encrypted or packed in an unknown way.
BROKEN_ARCHIVE = (ValueError, EOFError, RuntimeError, KeyError, zipfile.BadZipFile, zlib.error)
_Z_TO_Y_UP = np.array([-np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])
_READ = ("poses", "trans", "mocap_frame_rate", "mocap_framerate", "up_axis", "trans_is", "surface_model_type")
_MAX_FRAMES = 1_000_000
_MAX_METRES = 10_000.0


@dataclass(frozen=True, slots=True, eq=False)
class MotionFile:
    """A motion and what was assumed to read it."""

    motion: MotionChunk
    up_axis: str  # one of handedness.UP_AXES
    trans_is: TransIs
    source_fps: float
    units: str = "m"
    body_scale: float = 1.0  # our legs over theirs; the way over the floor is scaled by it
    mapped_by: str = "SMPL-X order"
    reference: str = "rest pose"  # the pose that turns are counted from
    missing_joints: tuple[str, ...] = ()  # these rest
    has_hands: bool = True
    notes: tuple[str, ...] = ()


def read_motion(path: Path, *, fps: float = 30.0, up: UpAxis | None = None, trans: TransIs | None = None) -> MotionFile:
    """Read a motion and bring it to `fps`, Y up, `trans` = pelvis.

    Raises:
        InputError: not an npz of plain arrays, a key is missing, a shape or value cannot be used.
    """
    arrays = _load(path)
    for name, allowed in (("up_axis", get_args(UpAxis)), ("trans_is", get_args(TransIs))):
        if name in arrays and str(arrays[name]) not in allowed:
            raise InputError(f"{path}: {name} is {str(arrays[name])!r}, expected one of {', '.join(allowed)}")
    poses, translation, source_fps = _checked(path, arrays)
    model, joints = _MODELS[poses.shape[1] // 3]
    is_amass = "surface_model_type" in arrays or (len(joints) < NUM_JOINTS and "mocap_framerate" in arrays)
    up_axis = up or cast(UpAxis, str(arrays.get("up_axis", "Z" if is_amass else "Y")))
    trans_is = trans or cast(TransIs, str(arrays.get("trans_is", "transl" if is_amass else "pelvis")))
    rotations = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (len(poses), NUM_JOINTS, 1))
    rotations[:, joints] = axis_angle_to_quaternion(poses.reshape(len(poses), -1, 3)[:, : len(joints)])
    if trans_is == "transl":
        translation = translation + (_SMPLX_PELVIS_M if model == "SMPL-X" else _SMPL_PELVIS_M)
    if up_axis == "Z":
        translation = rotate(_Z_TO_Y_UP, translation)
        rotations[:, 0] = multiply(_Z_TO_Y_UP, rotations[:, 0])
    motion = MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), source_fps)
    return MotionFile(
        resample(motion, fps), up_axis, trans_is, source_fps, mapped_by=f"{model} order",
        missing_joints=tuple(name for i, name in enumerate(JOINT_NAMES) if i not in joints), has_hands=len(joints) > 22,
    )  # fmt: skip


def write_motion(path: Path, motion: MotionChunk) -> None:
    """Write a motion in the pack's format, marked with its axes."""
    poses = quaternion_to_axis_angle(motion.rotations.astype(np.float64)).reshape(len(motion.rotations), -1)
    np.savez_compressed(
        path,
        poses=poses.astype(np.float32),
        trans=motion.translation,
        mocap_frame_rate=np.float64(motion.fps),
        gender=np.array("neutral"),
        betas=np.zeros(16, np.float32),
        up_axis=np.array("Y"),
        trans_is=np.array("pelvis"),
    )


def _load(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as file:  # opened here, since numpy leaves a file open that turns out to be no archive
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise InputError(f"{path}: a single array, expected an .npz with poses, trans and mocap_frame_rate")
            return {name: read_member(path, archive, name) for name in _READ if name in archive.files}
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); give an AMASS-style .npz") from error
    except BROKEN_ARCHIVE as error:
        raise InputError(f"{path}: not an .npz of plain arrays ({error}); pickled files are refused") from error


def read_member(path: Path, archive: np.lib.npyio.NpzFile, name: str) -> NDArray[Any]:
    """One array of an archive; refused before it is allocated if it is too large, or larger than its own bytes."""
    assert archive.zip is not None
    size = archive.zip.getinfo(f"{name}.npy").file_size
    with archive.zip.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(member)
    if size > _MAX_BYTES or (math.prod(shape) * dtype.itemsize > size and not dtype.hasobject):
        raise InputError(f"{path}: {name} says it is {list(shape)} in {size} bytes, expected at most {_MAX_BYTES}")
    return archive[name]


def _checked(path: Path, arrays: dict[str, NDArray[Any]]) -> tuple[Array, Array, float]:
    rate = arrays.get("mocap_frame_rate", arrays.get("mocap_framerate"))
    missing = [name for name in ("poses", "trans") if name not in arrays] + (
        ["mocap_frame_rate"] if rate is None else []
    )
    if missing or rate is None:
        raise InputError(f"{path}: no {', '.join(missing)}; expected poses [T,165], trans [T,3] and mocap_frame_rate")
    poses, translation = arrays["poses"], arrays["trans"]
    fits = poses.ndim == 2 and poses.shape[1] % 3 == 0 and poses.shape[1] // 3 in _MODELS
    if fits and poses.shape[1] < 3 * NUM_JOINTS:  # SMPL-X's own spelling promises all of its joints
        fits = "mocap_framerate" in arrays or "surface_model_type" in arrays
    if not fits or translation.shape != (len(poses), 3):
        raise InputError(
            f"{path}: poses {list(poses.shape)} and trans {list(translation.shape)}, expected [T,{NUM_JOINTS * 3}] "
            f"({NUM_JOINTS} SMPL-X joints x 3; 52, 24 or 22 where surface_model_type names SMPL-H, SMPL) and [T,3]"
        )
    if not 1 <= len(poses) <= _MAX_FRAMES:
        raise InputError(f"{path}: {len(poses)} poses, expected 1 to {_MAX_FRAMES}")
    if not all(np.issubdtype(a.dtype, np.number) and not np.iscomplexobj(a) for a in (poses, translation, rate)):
        raise InputError(f"{path}: poses, trans and mocap_frame_rate must be numbers")
    if rate.size != 1 or not 1 <= float(rate.reshape(())) <= 1000:
        raise InputError(f"{path}: mocap_frame_rate is {rate}, expected one number from 1 to 1000")
    return (
        _finite(path, "poses", poses, 1000.0),
        _finite(path, "trans", translation, _MAX_METRES),
        float(rate.reshape(())),
    )


def _finite(path: Path, name: str, array: NDArray[Any], limit: float) -> NDArray[np.float64]:
    bad = ~np.isfinite(array) | (np.abs(array) > limit)
    if bad.any():
        frame = int(np.argwhere(bad)[0, 0])
        raise InputError(
            f"{path}: {name} has {int(bad.sum())} values that are NaN or beyond {limit:g}, first at pose {frame}"
        )
    return array.astype(np.float64)
