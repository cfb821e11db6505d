"""Commands about motion: convert files, train the tokenizer, send a file through it and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from solami.commands.options import Json

if TYPE_CHECKING:
    from solami.body.npz import MotionFile
    from solami.frames import MotionChunk
    from solami.tokenizers.base import MotionCodes
    from solami.training.motion_tokenizer import MotionTrainConfig

app = typer.Typer(name="motion", help="Read, convert and look at motion files.", no_args_is_help=True)

UpAxis = Literal["Y", "Z"]
TransIs = Literal["pelvis", "transl"]


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help=".npz, .bvh, .glb, .vrm or .vrma.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help=".npz, .bvh, .glb or .vrma; the ending chooses.")],
    up: Annotated[str | None, typer.Option(help="Up axis of IN: Y or Z; default: what the file says or shows.")] = None,
    trans: Annotated[str | None, typer.Option(help="What an .npz's trans is: pelvis or transl.")] = None,
    as_json: Json = False,
) -> None:
    """Convert a motion file; poses are brought to 30 fps, Y up, SMPL-X joints. What was assumed of IN is said."""
    from solami.body.motion_files import read_any_motion, writer_for

    write = writer_for(target)
    up_axis, trans_is = assumptions(up, trans)
    file = read_any_motion(source, up=up_axis, trans=trans_is)
    write(target, file.motion)
    report = {"poses": len(file.motion.rotations), "fps": file.motion.fps, **assumed_of(file)}
    if as_json:
        typer.echo(json.dumps(report))
    else:
        for name, value in report.items():
            typer.echo(f"{name}: {', '.join(value) or '-' if isinstance(value, list) else value}", err=True)


def assumed_of(file: MotionFile) -> dict[str, Any]:
    """What was assumed to read a motion file, fit for JSON."""
    return {
        "up_axis": file.up_axis,
        "trans_is": file.trans_is,
        "source_fps": file.source_fps,
        "units": file.units,
        "body_scale": file.body_scale,
        "mapped_by": file.mapped_by,
        "reference": file.reference,
        "missing_joints": list(file.missing_joints),
        "has_hands": file.has_hands,
        "notes": list(file.notes),
    }


def assumptions(up: str | None, trans: str | None) -> tuple[UpAxis | None, TransIs | None]:
    """The --up and --trans options, checked. Raises InputError for unknown words."""
    from solami.errors import InputError

    if up not in (None, *get_args(UpAxis)) or trans not in (None, *get_args(TransIs)):
        raise InputError(f"got --up {up} --trans {trans}, expected --up Y or Z and --trans pelvis or transl")
    return up, trans  # type: ignore[return-value]


def roundtrip_motion(
    checkpoint: Path,
    source: Path,
    target: Path,
    *,
    up: str | None = None,
    trans: str | None = None,
    codes: Path | None = None,
) -> dict[str, Any]:
    """Encode and decode a motion file; returns the measures of the decoded one and what was assumed of the file.

    Raises:
        ConfigError: the checkpoint folder holds no motion tokenizer.
        InputError: the file cannot be used.
    """
    from solami.body.measures import compare
    from solami.body.motion_files import read_any_motion, writer_for
    from solami.tokenizers.motion import VQMotionTokenizer

    write = writer_for(target)
    up_axis, trans_is = assumptions(up, trans)
    file = read_any_motion(source, up=up_axis, trans=trans_is)
    tokenizer = VQMotionTokenizer.load(checkpoint)
    made = tokenizer.encode(file.motion)
    if codes is not None:
        _save_codes(codes, made, file.motion)
    decoded = _decode(tokenizer, made, file.motion)
    write(target, decoded)
    return {
        **compare(file.motion, decoded),
        "bits_per_s": tokenizer.body_spec.bits_per_s + tokenizer.hands_spec.bits_per_s,
        **assumed_of(file),
        "seconds": len(decoded.rotations) / decoded.fps,
    }


def decode_motion(checkpoint: Path, codes: Path, target: Path) -> None:
    """Write the motion of codes kept by `roundtrip --codes`: the very same poses. Raises InputError for others."""
    import zipfile

    import numpy as np

    from solami.body.motion_files import writer_for
    from solami.errors import InputError
    from solami.frames import Codes, MotionChunk
    from solami.tokenizers.base import MotionCodes
    from solami.tokenizers.motion import VQMotionTokenizer

    write = writer_for(target)
    try:
        with codes.open("rb") as opened:
            file = np.load(opened, allow_pickle=False)
            body, hands, rate = file["body"], file["hands"], float(file["frame_rate"])
            rotations, translation = file["start_rotation"][None], file["start_translation"][None]
            count = int(file["poses"])
    except (OSError, EOFError, IndexError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{codes}: not motion codes ({error}); make them by roundtrip motion --codes") from error
    made = MotionCodes(Codes("body", body, rate), Codes("hands", hands, rate))
    start = MotionChunk(np.repeat(rotations, count, axis=0), np.repeat(translation, count, axis=0))
    write(target, _decode(VQMotionTokenizer.load(checkpoint), made, start))


def _decode(tokenizer: Any, codes: MotionCodes, source: MotionChunk) -> MotionChunk:
    """Decoded poses, as many as the source has, from where it starts."""
    from solami.body.standing import placed_like
    from solami.body.timing import cut

    return placed_like(cut(tokenizer.decode(codes), 0, len(source.rotations)), source)


def _save_codes(path: Path, codes: MotionCodes, motion: MotionChunk) -> None:
    """Codes, the number of poses, and the first pose: where the decoded body must start."""
    import numpy as np

    np.savez(
        path,
        body=codes.body.values,
        hands=codes.hands.values,
        frame_rate=codes.body.frame_rate,
        poses=len(motion.rotations),
        start_rotation=motion.rotations[0],
        start_translation=motion.translation[0],
    )


def train_motion(config: MotionTrainConfig) -> dict[str, Any]:
    """Stage 1 for motion: train, then score on val + test; the report is what is printed."""
    import torch

    from solami.body.pack import read_index
    from solami.training.motion_scores import codebook_use, score_motion
    from solami.training.motion_tokenizer import train_motion_tokenizer

    torch.set_num_threads(1)  # measured: two threads on a shared machine are slower than one
    tokenizer = train_motion_tokenizer(config)
    clips = read_index(config.data)
    held_out = score_motion(tokenizer, [c for c in clips if c.split != "train"])
    test = score_motion(tokenizer, [c for c in clips if c.split == "test"])
    use = codebook_use(tokenizer, [c for c in clips if c.split == "train"])
    return {"val_and_test": held_out, "test": test, "codebook_use": use}
