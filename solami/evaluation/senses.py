"""What the model heard and saw of a user's turn, against what was said and done in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from solami.datasets.motion import MotionClip
from solami.datasets.procedural_clips import PACK_TAGS
from solami.datasets.retrieval import GOOD_MATCH, MotionRetriever
from solami.evaluation.measures import Measure, measure
from solami.evaluation.paired import mean, others_of, paired
from solami.evaluation.recognition import error_rate, pool_errors, word_errors
from solami.evaluation.recordings import Recording
from solami.evaluation.replies import Turn, answer
from solami.frames import AudioChunk, FloatArray, MotionChunk
from solami.outside.ports import Ear
from solami.stream_server.backend import Backend

Hear = Callable[[int, AudioChunk], str]  # the number of a recording and its sound -> its words
LONGEST_S = 8.0  # of reply: what was heard and seen comes after its first clause, but not in one that is cut short


def heard_by_model(backend: Backend, personas: Sequence[str], seed: int) -> Hear:
    """What the model writes down, in conversations with one persona after the other."""
    return lambda i, audio: answer(backend, Turn(personas[i % len(personas)], audio=audio), seed, LONGEST_S).heard


def heard_by_ear(ear: Ear) -> Hear:
    """What an ear beside the model writes down. Raises what it fails with."""

    def hear(_: int, audio: AudioChunk) -> str:
        listening = ear.listen(audio.sample_rate)
        for piece in np.array_split(audio.samples, 1 + len(audio.samples) // audio.sample_rate):
            listening.push(piece)
        words = listening.end()
        return "" if words is None else words.result()

    return hear


class EarListener:
    """An ear as a listener to samples at one rate."""

    def __init__(self, ear: Ear, sample_rate: int) -> None:
        self._hear, self._sample_rate = heard_by_ear(ear), sample_rate

    def words(self, samples: FloatArray) -> str:
        """What it writes down of samples [T]. Raises what it fails with."""
        return self._hear(0, AudioChunk(samples, self._sample_rate))


def heard_measures(name: str, hear: Hear, recordings: Sequence[Recording]) -> list[Measure]:
    """Word error of what is heard for every source of recordings, against what was heard of other recordings."""
    rows: list[Measure] = []
    for source in sorted({recording.source for recording in recordings}):
        chosen = [recording for recording in recordings if recording.source == source]
        heard = [hear(i, recording.audio) for i, recording in enumerate(chosen)]
        own = [word_errors(r.text, words) for r, words in zip(chosen, heard, strict=True)]
        others = [[heard[i] for i in others_of(n, len(heard))] for n in range(len(heard))]
        mixed = [
            pool_errors([word_errors(r.text, words) for words in several])
            for r, several in zip(chosen, others, strict=True)
        ]
        parts = list(zip(own, mixed, strict=True))
        rows += paired(name, parts, error_rate, "less", split="test", source=source)
    return rows


class CaptionReader:
    """The action that a caption names: that of the nearest train caption."""

    def __init__(self, clips: Sequence[MotionClip]) -> None:
        self._captions = MotionRetriever(clips, mirrors=False)

    def action(self, caption: str) -> str:
        """The pack's tag; empty where no caption is near."""
        found = self._captions.find(caption, 1) if caption.strip() else []
        return pack_tag(found[0].clip.action) if found and found[0].score >= GOOD_MATCH else ""


def pack_tag(action: str) -> str:
    """The tag under which the pack knows an action of the procedural catalogue."""
    return PACK_TAGS.get(action, action)


def saw_measures(
    backend: Backend,
    shown: Sequence[tuple[str, MotionChunk]],
    reader: CaptionReader,
    personas: Sequence[str],
    seed: int,
    source: str,
) -> list[Measure]:
    """How often `saw` names the action of (action, poses); the share of the commonest action beside it."""
    turns = [Turn(personas[i % len(personas)], motion=motion) for i, (_, motion) in enumerate(shown)]
    named = [reader.action(answer(backend, turn, seed, LONGEST_S).saw) for turn in turns]
    wanted = [pack_tag(action) for action, _ in shown]
    right = [float(name == tag) for name, tag in zip(named, wanted, strict=True)]
    commonest = Counter(wanted).most_common(1)[0][1] / len(wanted)
    return [measure("saw_accuracy", right, mean, split="val+test", source=source, baseline=commonest)]
