"""The Unity package as files: what Unity's package manager reads, without Mono and without Unity."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "unity_bridge"
MODULES = {  # built-in packages that hold the classes the package uses
    "com.unity.modules.androidjni": "UnityEngine.Android",
    "com.unity.modules.animation": "Animator",
    "com.unity.modules.audio": "AudioSource",
    "com.unity.modules.imgui": "GUILayout",
    "com.unity.modules.subsystems": "SubsystemManager",
    "com.unity.modules.xr": "UnityEngine.XR",
}


def sources(folder: str) -> Iterator[Path]:
    """The C# files below a folder of the package."""
    yield from sorted((PACKAGE / folder).rglob("*.cs"))


def manifest() -> dict[str, object]:
    """package.json."""
    read: dict[str, object] = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    return read


def test_every_asset_has_a_meta_file_with_a_guid_of_its_own() -> None:
    """Unity ignores files of an installed package without one, and confuses two that share a guid."""
    run = subprocess.run([ROOT / "tests/unity/metas.sh"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    guids = [
        found.group(1)
        for meta in PACKAGE.rglob("*.meta")
        if (found := re.search(r"^guid: ([0-9a-f]{32})$", meta.read_text(encoding="utf-8"), re.MULTILINE))
    ]
    assert len(guids) == len(set(guids)) == len(list(PACKAGE.rglob("*.meta")))


def test_the_manifest_names_what_unity_needs() -> None:
    """Name, version and least Unity version are there, and the changelog begins with that version."""
    read = manifest()
    assert read["name"] == "org.solami.unity"
    assert read["unity"] == "2022.3"
    assert f"## {read['version']}" in (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_sample_entry_is_a_folder_with_scripts() -> None:
    """The package manager copies these folders into a project."""
    samples = manifest()["samples"]
    assert isinstance(samples, list)
    for sample in samples:
        assert list((PACKAGE / sample["path"]).glob("*.cs")), sample["path"]


def test_the_manifest_depends_on_the_modules_whose_classes_are_used_and_on_no_others() -> None:
    """A project may have switched built-in modules off; a dependency switches them on."""
    text = "".join(path.read_text(encoding="utf-8") for folder in ("Runtime", "Editor") for path in sources(folder))
    used = {module for module, name in MODULES.items() if name in text}
    dependencies = manifest()["dependencies"]
    assert isinstance(dependencies, dict)
    assert set(dependencies) == used | {"com.unity.nuget.newtonsoft-json"}
    assert "UnityWebRequest" not in text


def test_assembly_definitions_refer_to_each_other_by_names_that_exist() -> None:
    """A wrong name there is an assembly that Unity does not compile."""
    read = {path: json.loads(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.asmdef")}
    names = {definition["name"] for definition in read.values()} | {
        "UnityEngine.TestRunner",
        "UnityEditor.TestRunner",
    }
    assert {"Solami.Protocol", "Solami", "Solami.Editor", "Solami.Protocol.Tests"} <= names
    for path, definition in read.items():
        assert path.stem == definition["name"]
        assert set(definition["references"]) <= names, path


def test_the_protocol_core_knows_no_engine() -> None:
    """It serves any .NET client."""
    definition = json.loads((PACKAGE / "Runtime/Protocol/Solami.Protocol.asmdef").read_text(encoding="utf-8"))
    assert definition["noEngineReferences"] is True
    for path in sources("Runtime/Protocol"):
        assert "UnityEngine" not in path.read_text(encoding="utf-8"), path


def test_a_component_lies_in_a_file_of_its_name() -> None:
    """Unity finds a component by the name of its file."""
    for folder in ("Runtime", "Editor"):
        for path in sources(folder):
            found = re.search(r"class (\w+) : (MonoBehaviour|EditorWindow)", path.read_text(encoding="utf-8"))
            assert found is None or found.group(1) == path.stem, path


def test_lines_are_at_most_120_characters_long() -> None:
    """As in the rest of the project."""
    for path in PACKAGE.rglob("*.cs"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            assert len(line) <= 120, f"{path.name}:{number + 1}"


def test_links_between_the_pages_lead_somewhere() -> None:
    """Every relative link of the package's pages names a file that is there."""
    pages = [*PACKAGE.rglob("*.md"), ROOT / "docs/howto/unity.md"]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
