"""Rules of the house that no linter knows."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path

import datasets
import pytest
import tokenizers
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "solami"
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
UNTESTED = {
    "__main__.py": "two lines, run by test_cli",
    "errors.py": "a tree of empty classes",
    "strict.py": "one setting, tested through config",
    "datasets/flite.py": "runs behind FliteSynthesizer, in test_tts",
    "commands/options.py": "options without code; the help of every command shows them",
    "evaluation/model_motion.py": "each of its measures is a row of test_model",
    "training/align.py": "one call of train_lm, in test_lm_trainer",
    "training/instruct.py": "one check and one call of train_lm, in test_lm_trainer",
    "training/lm_batches.py": "rows are read in test_lm_trainer and separated in test_lm_loss",
    "training/lm_clock.py": "times every run of test_lm_trainer",
    "training/lm_config.py": "settings without code",
    "training/lm_arguments.py": "settings that every run of test_lm_trainer takes",
    "training/lm_samples.py": "its replies are read in test_lm_trainer",
    "training/lm_speed.py": "its share is held in test_lm_trainer",
    "training/lm_weights.py": "kept, restored and merged in test_lm_trainer",
    "training/lm_codes.py": "its store feeds every test of test_lm_data",
    "training/lm_model.py": "made, saved and grown in test_lm_trainer",
    "llm/config.py": "settings without code, read in test_config and chosen by in test_factory",
    "tokenizers/config.py": "settings without code, read in test_config and chosen by in test_factory",
    "stream_server/backend.py": "interfaces; every test of the server gives it one",
    "stream_server/outputs.py": "values without code; they cross a border in test_commands",
    "tokenizers/base.py": "interfaces; every tokenizer's own tests hold it to them",
}
BANNED_NAMES = {"utils.py", "util.py", "common.py", "helpers.py", "misc.py"}
HEAVY = ("torch", "transformers", "datasets", "tokenizers", "pandas", "matplotlib")


@pytest.mark.parametrize("code", ["import solami", "import solami.cli", "import solami.config"])
def test_imports_are_light(code: str) -> None:
    """Importing the package, its command line or its configuration loads no heavy library."""
    check = f"{code}; import sys; sys.exit(' '.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr


def test_help_loads_no_torch() -> None:
    """`solami --help` answers without torch."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "solami", "--help"], capture_output=True, text=True, cwd=ROOT
    )
    assert result.returncode == 0
    assert not re.search(r"\|\s+torch$", result.stderr, re.MULTILINE)


def test_our_rooms_shadow_nothing() -> None:
    """`tokenizers` and `datasets` are Hugging Face's, not ours."""
    for module in (tokenizers, datasets):
        assert module.__file__ is not None
        file = Path(module.__file__)
        assert "site-packages" in file.parts
        assert PACKAGE not in file.parents


def test_every_module_has_its_test_file() -> None:
    """`solami/<room>/<module>.py` is tested by `tests/<room>/test_<module>.py`."""
    assert [
        str(module)
        for module in MODULES
        if str(module) not in UNTESTED and not (ROOT / "tests" / module.parent / f"test_{module.name}").is_file()
    ] == []


def test_exceptions_are_still_needed() -> None:
    """Every module excused from a test file exists and has none."""
    for name in UNTESTED:
        path = Path(name)
        assert (PACKAGE / path).is_file()
        assert not (ROOT / "tests" / path.parent / f"test_{path.name}").exists()


def test_package_inits_are_empty() -> None:
    """Every `__init__.py` is empty and tests have none, so that names shadow nothing and imports stay light."""
    assert all(path.stat().st_size == 0 for path in PACKAGE.rglob("__init__.py"))
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_modules_are_named_and_sized() -> None:
    """No module is a bag of leftovers, and each reads in one sitting."""
    assert not [module for module in MODULES if module.name in BANNED_NAMES]
    lengths = {str(module): len((PACKAGE / module).read_text().splitlines()) for module in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_script_entry_inside_the_package() -> None:
    """Only __main__.py may be run, so the package folder never leads sys.path."""
    for module in MODULES:
        text = (PACKAGE / module).read_text()
        assert ("__name__ ==" in text) == (module.name == "__main__.py"), module
        assert "sys.path" not in text, module


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = [re.fullmatch(r"([a-z0-9-]+)==([\w.]+)", line) for line in lines if line and not line.startswith("#")]
    assert all(found), "every line of constraints.txt is name==version"
    return {match[1]: match[2] for match in found if match}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(of: list[str]) -> Iterator[str]:
    """The names of these requirements and of all that they need here, extras included."""
    todo, done = [Requirement(text) for text in of], set()
    while todo:
        requirement = todo.pop()
        key = (normal(requirement.name), frozenset(requirement.extras))
        if key in done:
            continue
        done.add(key)
        yield key[0]
        try:
            needs = distribution(requirement.name).requires or []
        except PackageNotFoundError:
            continue
        for need in map(Requirement, needs):
            extras = [{"extra": extra} for extra in requirement.extras] or [{"extra": ""}]
            if need.marker is None or any(need.marker.evaluate(extra) for extra in extras):
                todo.append(need)


def test_constraints_pin_every_dependency() -> None:
    """Everything that installing solami with its extras brings has its version in constraints.txt."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    cuda = re.compile(r"nvidia-|cuda-|triton")  # come with the builds of torch for GPUs, which pin them themselves
    assert {name for name in requirements(listed) if not cuda.match(name)} <= set(pins())


def test_torchaudio_is_nowhere() -> None:
    """The torchaudio package is neither pinned nor installed."""
    assert "torchaudio" not in pins()
    with pytest.raises(PackageNotFoundError):
        distribution("torchaudio")


def test_packaged_weights_keep_their_budget() -> None:
    """No packaged file is over 15 MB; the LLM has 20 MB, speech and voices 16, the rest 4 (design section 14)."""
    default = PACKAGE / "checkpoints" / "default"
    sizes = {path.relative_to(default): path.stat().st_size for path in default.rglob("*") if path.is_file()}
    assert max(sizes.values()) <= 15_000_000
    llm = sum(size for path, size in sizes.items() if path.parts[0] == "llm")
    speech = sum(size for path, size in sizes.items() if path.name.startswith(("speech", "voices")))
    assert llm <= 20_000_000 and speech <= 16_000_000
    assert sum(sizes.values()) - llm - speech <= 4_000_000
