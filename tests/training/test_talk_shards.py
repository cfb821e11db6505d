import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solami.datasets.scripts import load_scripts
from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.talk_rows import SCHEMA
from solami.training.talk_shards import TalksConfig, build_talks, read_talks

Loader = Callable[[], Vocabulary]


def build(out: Path, codes: Path, load: Loader, **changes: Any) -> dict[str, Any]:
    config = TalksConfig(out=out, codes=codes, takes=2, talks_a_shard=10, **changes)
    return build_talks(config, load, PlacementTokenizer().encode)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, acted_folder: Path, load_vocabulary: Loader) -> Path:
    """A folder of the talks that there are codes for."""
    folder = tmp_path_factory.mktemp("talks")
    build(folder, acted_folder, load_vocabulary)
    return folder


def test_talks_are_whole_and_of_the_schema(built: Path) -> None:
    """Every talk has as many turns as its script, clauses with voice, hands and body, and lengths that agree."""
    table = read_talks(built)
    assert table.schema.equals(SCHEMA) and table.num_rows > 10
    for talk in table.to_pylist():
        assert len(talk["turns"]) == len(talk["script"])
        beats = 0
        for turn in talk["turns"]:
            for part in turn["parts"]:
                beats += part["beats"]
                if part["kind"] == "say":
                    assert len(part["speech"]) == 10 * part["beats"] and len(part["body"]) == 2 * 3 * part["beats"]
                    assert len(part["hands"]) == 3 * part["beats"] and len(part["placement"]) == 3
        assert talk["seconds"] == pytest.approx(0.4 * beats, rel=1e-5)
    agents = [t for talk in table.to_pylist() for t in talk["turns"] if t["role"] == "agent"]
    assert all(turn["emotion"] for turn in agents)


def test_the_report_counts_what_lies_there_and_why_the_rest_does_not(built: Path) -> None:
    """Talks of all splits, and every script without codes named with its reason; the datasheet holds the numbers."""
    report = json.loads((built / "report.json").read_text())
    assert report["complete"] and report["talks"] == read_talks(built).num_rows == sum(report["split"].values())
    assert report["talks"] + len(report["dropped"]) == len(load_scripts())
    assert {fault["reason"] for fault in report["dropped"]} <= {"codes", "pace"}
    sheet = (built / "DATASHEET.md").read_text()
    assert f"{report['talks']} talks" in sheet and "| codes |" in sheet and "placement" in sheet


def test_the_same_config_makes_the_same_bytes(
    built: Path, tmp_path: Path, acted_folder: Path, load_vocabulary: Loader
) -> None:
    """Built again after a shard was lost, or elsewhere by two processes, the folder is the same to the byte."""
    names = sorted(path.name for path in built.glob("talks-*.parquet"))
    first = {name: (built / name).read_bytes() for name in names}
    (built / names[1]).unlink()
    build(built, acted_folder, load_vocabulary)
    build(tmp_path, acted_folder, load_vocabulary, workers=2)
    assert len(names) > 2
    for folder in (built, tmp_path):
        assert {path.name: path.read_bytes() for path in folder.glob("talks-*.parquet")} == first


def test_a_folder_of_another_config_is_refused(built: Path, acted_folder: Path, load_vocabulary: Loader) -> None:
    """Another seed does not mix with what lies there; a folder without talks is named."""
    with pytest.raises(ConfigError, match="another config"):
        build(built, acted_folder, load_vocabulary, seed=1)
    with pytest.raises(ConfigError, match="stage talks"):
        read_talks(acted_folder)


def test_the_datasets_package_reads_it(built: Path, tmp_path: Path) -> None:
    """`datasets.Dataset.from_parquet` gives the same talks."""
    from datasets import Dataset

    found = Dataset.from_parquet([str(path) for path in sorted(built.glob("*.parquet"))], cache_dir=str(tmp_path))
    assert found["id"][:3] == read_talks(built, ["id"])["id"].to_pylist()[:3]
