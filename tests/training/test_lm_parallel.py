import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
import yaml
from accelerate.commands.config.config_args import ClusterConfig  # type: ignore[import-untyped]
from safetensors.torch import load_file

from solami.config import PACKAGE
from solami.training.lm_model import ModelConfig

REPOSITORY = PACKAGE.parent
TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64, context_tokens=64)
SHARDED = """
import sys, torch, torch.distributed as dist
from pathlib import Path
from safetensors.torch import save_file
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_loss import LmWithLoss
from solami.training.lm_model import ModelConfig, fresh_model

words = Vocabulary.load(Path("solami/checkpoints/default/llm"))
ids = torch.randint(0, 200, (2, 24), generator=torch.Generator().manual_seed(1))

def losses(shard):
    torch.manual_seed(0)
    net = LmWithLoss(fresh_model(ModelConfig(hidden=32, layers=2, heads=2, intermediate=64), words), words)
    if shard:
        mesh = init_device_mesh("cpu", (2,))
        for layer in net.lm.get_decoder().layers:
            fully_shard(layer, mesh=mesh)
        fully_shard(net, mesh=mesh)
    loss = net(ids, torch.ones_like(ids, dtype=torch.bool))["loss"]
    loss.backward()
    gradient = net.lm.get_output_embeddings().weight.grad
    return torch.cat([loss.detach()[None], (gradient.full_tensor() if shard else gradient).flatten()])

dist.init_process_group("gloo")
found, whole = losses(True), losses(False)
if dist.get_rank() == 0:
    save_file({"sharded": found, "whole": whole}, sys.argv[1])
dist.barrier()  # a rank that leaves while the other still talks to it may be aborted
dist.destroy_process_group()
"""


def in_two_processes(*arguments: str) -> subprocess.CompletedProcess[str]:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run([*launch, *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def test_weights_spread_over_processes_give_the_same_loss(tmp_path: Path) -> None:
    """Sharded over two processes as FSDP does it, the model has the loss and the gradient that it has in one."""
    (tmp_path / "sharded.py").write_text(SHARDED, encoding="utf-8")
    in_two_processes(str(tmp_path / "sharded.py"), str(tmp_path / "found.safetensors"))
    found = load_file(tmp_path / "found.safetensors")
    torch.testing.assert_close(found["sharded"], found["whole"], atol=1e-5, rtol=1e-4)


def test_two_processes_train_one_model(tmp_path: Path) -> None:
    """Two processes take the same steps over different rows, agree on the held-back loss and write one folder."""
    rows = tmp_path / "rows"
    rows.mkdir()
    ids = (np.random.default_rng(0).integers(0, 100, (80, 1)) + np.arange(32)) % 100
    np.save(rows / "ids_00000.npy", ids.astype(np.int32))
    np.save(rows / "mask_00000.npy", np.ones_like(ids, np.bool_))
    training = {"rows": [str(rows)], "out": str(tmp_path / "out"), "model": TINY.model_dump(), "max_steps": 4}
    training |= {"batch_rows": 4, "threads": 1, "bf16": False, "val_rows": 8, "save_minutes": 1e-9}
    config = tmp_path / "tiny.yaml"
    config.write_text(yaml.safe_dump({"data": "configs/data/toy.yaml", "training": training}))
    done = in_two_processes("-m", "solami", "train", "align", "--config", str(config), "--json")
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(reports) == 2 and reports[0]["steps"] == reports[1]["steps"] == 4
    assert reports[0]["eval_loss"] == reports[1]["eval_loss"]
    assert (tmp_path / "out" / "model.safetensors").is_file()
    assert (tmp_path / "out" / "checkpoints" / "checkpoint-4" / "clock.json").is_file()


def test_the_shipped_launch_file_is_accelerates() -> None:
    """Accelerate reads the shipped file for many GPUs, every key of it."""
    config = ClusterConfig.from_yaml_file(yaml_file=str(REPOSITORY / "configs" / "accelerate" / "fsdp.yaml"))
    assert config.num_processes >= 2 and config.fsdp_config["fsdp_version"] == 2
