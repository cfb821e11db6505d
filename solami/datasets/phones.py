"""Phones: flite's (the CMU set), and how it reads a text as them."""

from __future__ import annotations

import shutil
import subprocess

from solami.errors import InputError

BLANK, PAUSE = "<blank>", "pau"
PHONES = (  # their order is part of every checkpoint; the first is that of CTC
    *(BLANK, PAUSE, "aa", "ae", "ah", "ao", "aw", "ax", "ay", "b", "ch", "d", "dh", "eh", "er", "ey", "f", "g"),
    *("hh", "ih", "iy", "jh", "k", "l", "m", "n", "ng", "ow", "oy", "p", "r", "s", "sh", "t", "th", "uh", "uw", "v"),
    *("w", "y", "z", "zh"),
)
PHONE_IDS = {phone: index for index, phone in enumerate(PHONES)}


def phones_can_be_read() -> bool:
    """Whether the program flite is there; its libraries, which speak, are another package's."""
    return shutil.which("flite") is not None


def phones_of(text: str) -> list[str]:
    """The phones of a text in order, by flite's front end."""
    if not phones_can_be_read():
        raise InputError("flite is not installed: it gives the phones of transcripts. Install the package `flite`.")
    run = subprocess.run(["flite", "-voice", "kal", "-ps", "-t", text, "-o", "none"], capture_output=True, check=True)
    return [phone for phone in run.stdout.decode().split() if phone in PHONE_IDS]
