"""Motion that researchers have, read where it lies: AMASS with HumanML3D's captions, Inter-X, folders of BVH.

Each importer yields (row, motion); `pack_writer` keeps them. Licences are the sets' own: what is imported may train
what its licence allows, and nothing of it is ours to ship.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import numpy as np

from solami.body.motion_files import read_any_motion
from solami.body.npz import read_motion
from solami.body.timing import cut
from solami.datasets.pack_writer import MotionRow, grounded
from solami.datasets.sources import Split, split_of
from solami.errors import InputError
from solami.frames import MotionChunk

log = logging.getLogger(__name__)
Found = Iterator[tuple[MotionRow, MotionChunk]]
CAPTION_FPS = 20  # of the frames in HumanML3D's index
LEAD_S = {  # of standing that HumanML3D cuts from the start of recordings of these sets
    "Eyes_Japan_Dataset": 3.0,
    "MPI_HDM05": 3.0,
    "TotalCapture": 1.0,
    "MPI_Limits": 1.0,
    "Transitions_mocap": 0.5,
}
INTERX_FPS = 120
SUBJECT = re.compile(
    r"^(?:a|the|one|this)?\s*(?:person|man|woman|figure|human|someone|somebody|he|she|they)\s+(?:is\s+|are\s+)?", re.I
)


def import_amass(folder: Path) -> Found:
    """Every recording of a folder of AMASS sets, captioned by its file's name. Raises InputError for none."""
    files = [file for file in sorted(folder.rglob("*.npz")) if "shape" not in file.name]
    if not files:
        raise InputError(f"{folder}: found no .npz; give the folder of AMASS's sets, such as KIT/3/..._poses.npz")
    for file in files:
        name = file.relative_to(folder).with_suffix("").as_posix()
        try:
            read = read_motion(file)
        except InputError as error:
            log.warning("left out: %s", error)
            continue
        clip = re.sub(r"_(poses|stageii)$", "", name).replace("/", "_")
        row = MotionRow(f"amass/{clip}", "amass", _words(clip), split_of(name), name, "AMASS", read.has_hands)
        yield row, grounded(read.motion)


def import_humanml3d(folder: Path) -> Found:
    """The clips of HumanML3D's index with their first captions; AMASS's sets lie in `amass_data`.

    Layout: `index.csv`, `amass_data/KIT/3/..._poses.npz`, `HumanML3D/texts/000000.txt`, `HumanML3D/val.txt` ...
    A caption for a part of a clip cuts that part. Clips whose recording is absent are counted and left out.
    """
    index = folder / "index.csv"
    if not index.is_file():
        raise InputError(f"{index} is missing; give HumanML3D's folder, with AMASS's sets in its amass_data")
    splits = _listed_splits(folder / "HumanML3D")
    absent = 0
    with index.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            name = row["new_name"].removesuffix(".npy")
            source = row["source_path"].removeprefix("./").removeprefix("pose_data/").removesuffix(".npy") + ".npz"
            texts = folder / "HumanML3D" / "texts" / f"{name}.txt"
            if not (folder / "amass_data" / source).is_file() or not texts.is_file():
                absent += 1
                continue
            read = read_motion(folder / "amass_data" / source)
            caption, first, last = _caption(texts)
            motion = _window(read.motion, source, *(int(row[key]) for key in ("start_frame", "end_frame")))
            if last > first:
                motion = cut(motion, round(first * motion.fps), round(last * motion.fps))
            if len(motion.rotations) > 1:
                split, key = splits.get(name, split_of(name)), f"humanml3d/{name}"
                clip = MotionRow(key, "humanml3d", caption, split, source, "AMASS", read.has_hands)
                yield clip, grounded(motion)
    if absent:
        log.warning("%s: %d clips left out, for their recording or text is absent", folder, absent)


def import_interx(folder: Path) -> Found:
    """Both people of every interaction, in one world in which the first starts over the origin.

    Layout: `motions/G001T000A000R000/P1.npz` and `P2.npz` (SMPL-X parts, 120 fps, Y up), `texts/G001T000A000R000.txt`,
    `splits/{train,val,test}.txt`. The pickled order of actors is not read: P1 is role a.
    """
    folders = sorted(path.parent for path in (folder / "motions").glob("*/P1.npz"))
    if not folders:
        raise InputError(f"{folder}: found no motions/*/P1.npz; unzip Inter-X's motions.zip there")
    splits = _listed_splits(folder / "splits")
    for pair in folders:
        motions = [_interx_person(pair / f"P{number}.npz") for number in (1, 2)]
        texts = folder / "texts" / f"{pair.name}.txt"
        caption = texts.read_text(encoding="utf-8").splitlines()[0].strip() if texts.is_file() else ""
        length = min(len(motion.rotations) for motion in motions)
        for role, motion in zip(("a", "b"), motions, strict=True):
            row = MotionRow(
                f"interx/{pair.name}_{role}", "interx", caption, splits.get(pair.name, split_of(pair.name)),
                f"{pair.name}/P{1 if role == 'a' else 2}", "Inter-X (research only)", True, "", pair.name,
                "a" if role == "a" else "b",
            )  # fmt: skip
            yield row, cut(grounded(motion, motions[0]), 0, length)


def import_bvh(folder: Path) -> Found:
    """Every BVH of a folder, captioned by `captions.csv` (file, caption) where there is one, else by its name."""
    files = sorted(folder.rglob("*.bvh"))
    if not files:
        raise InputError(f"{folder}: found no .bvh")
    captions = {}
    if (folder / "captions.csv").is_file():
        with (folder / "captions.csv").open(newline="", encoding="utf-8") as rows:
            captions = {row["file"]: row["caption"] for row in csv.DictReader(rows)}
    for file in files:
        name = file.relative_to(folder).as_posix()
        try:
            read = read_any_motion(file)
        except InputError as error:
            log.warning("left out: %s", error)
            continue
        clip = name.removesuffix(".bvh").replace("/", "_")
        row = MotionRow(
            f"bvh/{clip}", "bvh", captions.get(name, _words(clip)), split_of(name), name, "unknown", read.has_hands
        )
        yield row, grounded(read.motion)


def third_person(caption: str) -> str:
    """A caption without its subject: "a person is waving." -> "waving"."""
    plain = " ".join(caption.strip().rstrip(".").split())
    return SUBJECT.sub("", plain) or plain


def _window(motion: MotionChunk, source: str, start: int, end: int) -> MotionChunk:
    """Frames `start` to `end` of HumanML3D's 20 a second, behind what it cuts from the recordings of some sets."""
    lead = next((seconds for part, seconds in LEAD_S.items() if part in source), 0.0)
    first, last = (round((lead + frame / CAPTION_FPS) * motion.fps) for frame in (start, end))
    return cut(motion, min(first, len(motion.rotations)), min(last, len(motion.rotations)))


def _caption(texts: Path) -> tuple[str, float, float]:
    """The first caption of a file and the seconds it is about, both 0 for all: `caption#words with tags#from#to`."""
    parts = texts.read_text(encoding="utf-8").splitlines()[0].split("#")
    if len(parts) != 4:
        raise InputError(f"{texts}: got {len(parts)} parts in the first line, expected caption#tokens#from#to")
    first, last = (0.0 if value in ("nan", "") else float(value) for value in parts[2:])
    return third_person(parts[0]), first, last


def _interx_person(file: Path) -> MotionChunk:
    """One person's SMPL-X parts as poses, read by the one reader of such files."""
    with np.load(file, allow_pickle=False) as parts:
        missing = [n for n in ("root_orient", "pose_body", "pose_lhand", "pose_rhand", "trans") if n not in parts.files]
        if missing:
            raise InputError(f"{file}: no {', '.join(missing)}; expected the SMPL-X parts of Inter-X")
        count = len(parts["trans"])
        head = np.zeros((count, 9))  # jaw and eyes
        names = ("root_orient", "pose_body", "pose_lhand", "pose_rhand")
        root, body, left, right = (parts[name].reshape(count, -1) for name in names)
        poses, trans = np.concatenate([root, body, head, left, right], axis=1), parts["trans"]
    with TemporaryDirectory() as scratch:
        whole = Path(scratch) / "person.npz"
        np.savez(whole, poses=poses, trans=trans, mocap_frame_rate=np.float64(INTERX_FPS))
        return read_motion(whole, up="Y", trans="transl").motion


def _listed_splits(folder: Path) -> dict[str, Split]:
    splits: dict[str, Split] = {}
    for split in get_args(Split):
        if (folder / f"{split}.txt").is_file():
            for name in (folder / f"{split}.txt").read_text(encoding="utf-8").split():
                splits[name] = split
    return splits


def _words(name: str) -> str:
    return " ".join(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()))
