from pathlib import Path

import pytest

from solami.datasets.sources import data_pack, require_file, split_of
from solami.errors import InputError


def test_the_split_is_a_fixed_hash() -> None:
    """About nine of ten ids train, and an id never changes its split."""
    splits = [split_of(f"ada-{i:04d}") for i in range(1000)]
    assert 860 < splits.count("train") < 940
    assert [split_of(i) for i in ("ada-0001", "tom-0007", "spc-00001")] == ["train", "train", "train"]


def test_a_missing_pack_says_how_to_name_one(tmp_path: Path) -> None:
    """A folder or file that is not there is an InputError that names the variable."""
    with pytest.raises(InputError, match="SOLAMI_DATA"):
        data_pack(tmp_path / "absent")
    with pytest.raises(InputError, match="SOLAMI_DATA"):
        require_file(tmp_path / "index.jsonl", "motion")
