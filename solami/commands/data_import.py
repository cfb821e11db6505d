"""`solami data import`: foreign data sets into a folder that every other command reads as a data pack."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

from solami.errors import InputError

Kind = Literal["amass", "humanml3d", "interx", "bvh", "librispeech", "common-voice"]


def import_data(kind: Kind, folder: Path, out: Path, limit: int | None = None) -> dict[str, Any]:
    """Read a set, write what is not there yet; returns counts by split. Raises InputError for another folder."""
    from solami.datasets import import_motion, import_speech
    from solami.datasets.pack_writer import PackWriter
    from solami.datasets.progress import progress

    motion = {
        "amass": import_motion.import_amass,
        "humanml3d": import_motion.import_humanml3d,
        "interx": import_motion.import_interx,
        "bvh": import_motion.import_bvh,
    }
    speech = {"librispeech": import_speech.import_librispeech, "common-voice": import_speech.import_common_voice}
    if kind not in get_args(Kind):
        raise InputError(f"kind: got {kind!r}, expected one of {', '.join(get_args(Kind))}")
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    writer, counts = PackWriter(out), Counter[str]()
    if kind in motion:
        for clip, poses in progress(islice(motion[kind](folder), limit), f"importing {kind}"):
            if not writer.has("motion", clip.id):
                writer.add_motion(clip, poses)
            counts[clip.split] += 1
    else:
        for line, audio in progress(islice(speech[kind](folder), limit), f"importing {kind}"):
            if not writer.has("speech", line.id):
                writer.add_speech(line, audio)
            counts[line.split] += 1
    return {"kind": kind, "out": str(out), **dict(counts)}
