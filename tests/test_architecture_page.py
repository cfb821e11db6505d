"""docs/architecture.md and docs/glossary.md speak of what there is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_module_on_the_page_exists() -> None:
    """Each path names a module of the package, whole or within a room that its paragraph is about."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    known = {path.relative_to(ROOT / "solami").as_posix() for path in (ROOT / "solami").rglob("*.py")}
    rooms = ("", "stream_server/", "pipeline/")
    named = set(re.findall(r"`([a-z_0-9/]+\.py)`", page))
    assert len(named) > 50
    assert [name for name in sorted(named) if not any(room + name in known for room in rooms)] == []


def test_the_path_to_the_token_loop_misses_no_module() -> None:
    """Whoever has read the page has met all of server and pipeline that is not a plain format or a stand-in."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    formats = {"protocol", "server_events", "tracker_frames", "vrm", "pages", "config", "attachment"}
    stand_ins = {"scripted", "iterated_reply", "click_flip"}
    rooms = ("stream_server", "pipeline")
    modules = {path.stem for room in rooms for path in (ROOT / "solami" / room).glob("*.py")} - {"__init__"}
    named = {Path(name).stem for name in re.findall(r"`([a-z_0-9/]+\.py)`", page)}
    assert sorted(modules - named - formats - stand_ins) == []


def test_words_have_one_meaning() -> None:
    """No word is explained twice in the glossary."""
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()[6:]
    words = [word.strip(" `") for row in rows for word in row.split(" | ")[0].strip("| ").split(", ")]
    assert sorted({word for word in words if words.count(word) > 1}) == []
