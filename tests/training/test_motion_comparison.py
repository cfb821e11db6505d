import json
from pathlib import Path

from solami.body.npz import write_motion
from solami.body.procedural import wave
from solami.training.motion_comparison import MotionComparisonConfig, compare_designs


def test_every_design_gets_a_row(tmp_path: Path) -> None:
    """Each design is scored as encoded at once, ours by trying codes too; more codebooks are more codes a second."""
    for seed, split in enumerate(("train", "val", "test")):
        write_motion(tmp_path / f"{split}.npz", wave(3.0, seed=seed))
    row = {"caption": "waves", "action": "wave", "has_hands": True, "hands_animated": True}
    rows = [row | {"id": s, "file": f"{s}.npz", "split": s} for s in ("train", "val", "test")]
    (tmp_path / "index.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    net = {"codebook_size": 32, "latent_dim": 8, "width": 24, "refine_width": 16, "dilations": [1]}
    config = MotionComparisonConfig.model_validate(
        {"tokenizer": {"body": net, "hands": net}, "data": tmp_path, "out": tmp_path / "out", "steps": 2}
        | {"batch_size": 4, "window_frames": 32, "speed_copies": 0, "residual_codebooks": [1, 2]}
    )
    table = compare_designs(config)
    assert [r["encoded"] for r in table] == ["nearest code", "codes tried"] * 2 + ["nearest code"] * 2
    assert [r["codes_per_s"] for r in table] == [7.5, 7.5, 15.0, 15.0, 7.5, 7.5]
    assert all(0 < r["mpjpe_mm_test"] < 2000 and r["bits_per_s"] > 0 for r in table)
