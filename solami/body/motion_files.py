"""Motion files by their ending: one function to read any, one to write any. The formats are in their own modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from solami.body.bvh import write_bvh
from solami.body.bvh_read import read_bvh
from solami.body.glb import write_glb
from solami.body.gltf_animation import read_gltf
from solami.body.npz import MotionFile, TransIs, UpAxis, read_motion, write_motion
from solami.body.retarget import retarget
from solami.body.rig_motion import RigMotion
from solami.body.timing import resample
from solami.body.vrma import write_vrma
from solami.errors import InputError
from solami.frames import MotionChunk

RIG_READERS: dict[str, Callable[[Path], RigMotion]] = {
    ".bvh": read_bvh, ".glb": read_gltf, ".vrm": read_gltf, ".vrma": read_gltf,
}  # fmt: skip
READABLE: tuple[str, ...] = (".npz", *RIG_READERS)
WRITERS: dict[str, Callable[[Path, MotionChunk], None]] = {
    ".npz": write_motion, ".bvh": write_bvh, ".glb": write_glb, ".vrma": write_vrma,
}  # fmt: skip


def read_any_motion(
    path: Path, up: UpAxis | None = None, trans: TransIs | None = None, fps: float = 30.0
) -> MotionFile:
    """Read a motion file and bring it to `fps`, Y up, metres, our skeleton.

    Args:
        path: .npz, .bvh, .glb, .vrm or .vrma; the ending chooses.
        up: the world's up axis, where the file is wrong or says nothing.
        trans: what an .npz's trans is.
        fps: of the result.

    Raises:
        InputError: another ending, or the file cannot be used; the message says why.
    """
    ending = path.suffix.lower()
    if ending == ".npz":
        return read_motion(path, fps=fps, up=up, trans=trans)
    if ending not in RIG_READERS:
        raise InputError(f"{path}: cannot read {ending or 'no ending'}, expected one of {', '.join(READABLE)}")
    if trans is not None:
        raise InputError(f"{path}: got --trans {trans}, which only an .npz needs; leave it out")
    rig = RIG_READERS[ending](path)
    motion, assumed = retarget(str(path), rig, up)
    return MotionFile(
        resample(motion, fps), assumed.up_axis, "pelvis", rig.fps, assumed.units, assumed.body_scale, assumed.mapped_by,
        assumed.reference, assumed.missing_joints, assumed.has_hands, assumed.notes,
    )  # fmt: skip


def writer_for(path: Path) -> Callable[[Path, MotionChunk], None]:
    """The function that writes files of this ending. Raises InputError for endings that cannot be written."""
    if path.suffix.lower() not in WRITERS:
        raise InputError(f"{path}: cannot write {path.suffix or 'no ending'}, expected one of {', '.join(WRITERS)}")
    return WRITERS[path.suffix.lower()]
