import numpy as np

from solami.datasets.procedural_clips import procedural_clips
from solami.evaluation.senses import CaptionReader, heard_measures, saw_measures
from solami.evaluation.speech_tokenizer import Recording
from solami.frames import AudioChunk
from solami.stream_server.scripted import ScriptedBackend

CLIPS = [clip for clip in procedural_clips(1) if clip.caption in ("nods", "claps", "bows")]


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
    rows = heard_measures(ScriptedBackend(beats=2), recordings, ["ada"], 0)
    assert [(r.source, r.name, r.n) for r in rows] == [
        ("people", "heard_word_error", 2),
        ("people", "heard_word_error_gain", 2),
        ("synthetic", "heard_word_error", 1),
        ("synthetic", "heard_word_error_gain", 1),
    ]
