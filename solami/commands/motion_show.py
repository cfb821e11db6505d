"""`solami motion show`: a motion file as a picture or a film of the mannequin; `motion mannequin`: the body itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from solami.frames import MotionChunk


def show(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A motion file: .npz, .bvh, .glb, .vrm or .vrma.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help=".png (contact sheet), .mp4 or .gif.")],
    poses: Annotated[int, typer.Option(help="Poses on a contact sheet.")] = 10,
    fps: Annotated[float, typer.Option(help="Frames a second of a film.")] = 15.0,
    against: Annotated[Path | None, typer.Option(help="A second motion, drawn below the first on the sheet.")] = None,
    foot_lock: Annotated[bool, typer.Option("--foot-lock", help="Hold planted feet in place first.")] = False,
    up: Annotated[str | None, typer.Option(help="Up axis of IN: Y or Z; default: what the file says or shows.")] = None,
    trans: Annotated[str | None, typer.Option(help="What an .npz's trans is: pelvis or transl.")] = None,
) -> None:
    """Draw a motion with the mannequin, from the front and the side; feet that stand on the floor are ringed."""
    from solami.body.film import write_film
    from solami.body.sheet import write_sheet
    from solami.errors import InputError

    ending = target.suffix.lower()
    if ending not in (".png", ".mp4", ".gif"):
        raise InputError(f"{target}: cannot draw to {ending or 'no ending'}, expected .png, .mp4 or .gif")
    if against is not None and ending != ".png":
        raise InputError(f"{target}: --against draws contact sheets only, expected a .png")
    motion = _read(source, up, trans, foot_lock)
    if ending == ".png":
        write_sheet(target, motion, poses=poses, against=_read(against, up, trans, foot_lock) if against else None)
    else:
        write_film(target, motion, fps=fps)


def _read(source: Path, up: str | None, trans: str | None, foot_lock: bool) -> MotionChunk:
    from solami.body.foot_lock import FootLock
    from solami.body.motion_files import read_any_motion
    from solami.commands.motion import assumptions

    up_axis, trans_is = assumptions(up, trans)
    motion = read_any_motion(source, up=up_axis, trans=trans_is).motion
    return FootLock().push(motion) if foot_lock else motion


def mannequin(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Avatar .vrm, or body model SMPLX_NEUTRAL.npz.")],
) -> None:
    """Write the packaged mannequin: as a VRM 1.0 avatar, or as a body model that the smplx package loads."""
    from solami.body.body_model import write_body_model
    from solami.body.vrm import write_vrm
    from solami.errors import InputError

    writers = {".vrm": write_vrm, ".npz": write_body_model}
    if target.suffix.lower() not in writers:
        raise InputError(f"{target}: cannot write {target.suffix or 'no ending'}, expected .vrm or .npz")
    writers[target.suffix.lower()](target)
