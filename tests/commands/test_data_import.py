import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from solami.body.bvh import write_bvh
from solami.body.procedural import wave
from solami.cli import app
from solami.errors import InputError


def test_a_set_is_imported_once(tmp_path: Path) -> None:
    """The command writes a pack and counts splits; a second run adds nothing twice; a limit holds."""
    for name in ("wave", "greet"):
        write_bvh(tmp_path / f"{name}.bvh", wave(1.0))
    arguments = ["data", "import", "bvh", str(tmp_path), str(tmp_path / "pack"), "--json"]
    for extra, lines in ((["--limit", "1"], 1), ([], 2), ([], 2)):
        report = json.loads(CliRunner().invoke(app, [*arguments, *extra], catch_exceptions=False).stdout)
        assert sum(report.get(split, 0) for split in ("train", "val", "test")) == (1 if extra else 2)
        assert len((tmp_path / "pack" / "motion" / "index.jsonl").read_text().splitlines()) == lines


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """The error names the kinds there are."""
    with pytest.raises(InputError, match="humanml3d"):
        CliRunner().invoke(app, ["data", "import", "vhs", str(tmp_path), str(tmp_path)], catch_exceptions=False)
