from concurrent.futures import Future

import numpy as np

from solami.audio.pieces import LastSeconds
from solami.datasets.procedural_clips import procedural_clips
from solami.evaluation.recordings import Recording
from solami.evaluation.senses import (
    CaptionReader,
    EarListener,
    heard_by_ear,
    heard_by_model,
    heard_measures,
    saw_measures,
)
from solami.frames import AudioChunk
from solami.outside.listening import EarTurn
from solami.outside.ports import Bell
from solami.stream_server.scripted import ScriptedBackend


class Echo:
    """Knows every recording by its first sample."""

    lines = ("good morning", "see you")

    def listen(self, sample_rate: int) -> EarTurn:
        """To a whole turn."""
        return EarTurn(self.hear, LastSeconds(sample_rate, 30.0), sample_rate, Bell())

    def hear(self, audio: AudioChunk) -> Future[str]:
        """At once."""
        heard: Future[str] = Future()
        heard.set_result(self.lines[int(audio.samples[0])])
        return heard


CLIPS = [clip for clip in procedural_clips(1) if clip.caption in ("nods", "claps", "bows")]


def test_an_ear_is_a_listener_too() -> None:
    """It gets samples alone, at the rate it was told once."""
    listener = EarListener(Echo(), 16_000)
    assert [listener.words(np.full(16_000, level, np.float32)) for level in (0.0, 1.0)] == list(Echo.lines)


def test_captions_name_actions() -> None:
    """The nearest train caption's action, in the pack's tags; nothing for nothing or for what no clip shows."""
    reader = CaptionReader(procedural_clips(1))
    assert reader.action("claps twice") == "clap" and reader.action("waves with both hands") == "wave"
    assert reader.action("") == reader.action("xyzzy") == ""


def test_what_was_seen_is_judged_beside_the_commonest_action() -> None:
    """Every clip is shown to the model; chance is the share of the commonest action."""
    shown = [(clip.action, clip.read()) for clip in (*CLIPS, CLIPS[0])]
    rows = saw_measures(ScriptedBackend(beats=2), shown, CaptionReader(CLIPS), ["ada"], 0, "scripts")
    assert [row.name for row in rows] == ["saw_accuracy"]
    assert rows[0].n == 4 and rows[0].baseline == 0.5 and 0 <= rows[0].value <= 1


def test_what_was_heard_is_judged_by_source() -> None:
    """Each source of recordings has its word error and its gain over another recording's words."""
    audio = AudioChunk(np.zeros(16_000, np.float32), 16_000)
    recordings = [Recording(source, "hello there", audio) for source in ("people", "synthetic", "people")]
    rows = heard_measures("heard", heard_by_model(ScriptedBackend(beats=2), ["ada"], 0), recordings)
    assert [(r.source, r.name, r.n) for r in rows] == [
        ("people", "heard", 2), ("people", "heard_gain", 2), ("synthetic", "heard", 1), ("synthetic", "heard_gain", 1),
    ]  # fmt: skip


def test_an_ear_is_judged_by_its_words() -> None:
    """Words that are all right have no error, and another recording's are all wrong."""
    ear = Echo()
    recordings = [
        Recording("people", text, AudioChunk(np.full(3, i, np.float32), 16_000)) for i, text in enumerate(ear.lines)
    ]
    row, gain = heard_measures("ear", heard_by_ear(ear), recordings)
    assert (row.value, row.baseline, gain.value) == (0.0, 1.0, 1.0)
