import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.config import ServeConfig, config_names, find_config, load_config, load_serve_config
from solami.errors import ConfigError


@pytest.mark.parametrize("name", config_names("serve"))
def test_packaged_configs_hold(name: str) -> None:
    """Every configuration that ships is valid."""
    assert isinstance(load_serve_config(name), ServeConfig)


def test_debug_needs_no_weights() -> None:
    """The debug server is made of fakes only."""
    config = load_serve_config("debug")
    assert (config.engine.kind, config.tokenizers.kind) == ("scripted", "dummy")


def test_override_changes_one_key() -> None:
    """`--set` changes the named key, parsed as YAML, and nothing else."""
    config = load_serve_config("default", ["server.port=9000", "engine.threads=2"])
    assert config.server.port == 9000
    assert config.engine.model_dump()["threads"] == 2
    assert config.server.host == load_serve_config("default").server.host


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("server.prot=1", "did you mean 'port'"),
        ("engine.thraeds=1", "did you mean 'threads'"),
        ("engine.kind=magic", "'local', 'transformers', 'random', 'scripted'"),
        ("server.port=many", "server.port"),
        ("server.host=0.0.0.0", "api_key is required"),
        ("server", "KEY=VALUE"),
        ("checkpoint.x=1", "is a value"),
    ],
)
def test_errors_name_the_key_and_the_remedy(override: str, said: str) -> None:
    """A wrong key, kind or value is refused in words that lead to the right one."""
    with pytest.raises(ConfigError, match=said):
        load_serve_config("default", [override])


def test_secret_comes_from_the_environment_and_stays_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """`${NAME}` reads a secret that no printout shows."""
    monkeypatch.setenv("SOLAMI_TEST_KEY", "hush-hush")
    config = load_serve_config("default", ["server.api_key=${SOLAMI_TEST_KEY}", "server.host=0.0.0.0"])
    assert config.server.api_key is not None
    assert config.server.api_key.get_secret_value() == "hush-hush"
    assert "hush" not in str(config) + config.model_dump_json()


def test_a_missing_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is not set is an error that names the variable."""
    monkeypatch.delenv("SOLAMI_TEST_KEY", raising=False)
    with pytest.raises(ConfigError, match="SOLAMI_TEST_KEY"):
        load_serve_config("default", ["server.api_key=${SOLAMI_TEST_KEY}"])


def test_a_refused_secret_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    """An error about a configuration never quotes the values in it."""
    with caplog.at_level(logging.DEBUG), pytest.raises(ConfigError) as caught:
        load_serve_config("default", ["server.api_key=[hush-hush]"])
    assert "hush" not in str(caught.value) + caplog.text


def test_unknown_names_list_what_there_is() -> None:
    """A bare name that no folder holds is answered with those that exist."""
    with pytest.raises(ConfigError, match="did you mean 'default'"):
        find_config("serve", "defalt")


def test_the_working_directory_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configs folder where one stands wins over the packaged copy."""
    (tmp_path / "configs" / "serve").mkdir(parents=True)
    (tmp_path / "configs" / "serve" / "default.yaml").write_text("server: {port: 7}\n")
    monkeypatch.chdir(tmp_path)
    assert load_serve_config("default").server.port == 7
    assert load_serve_config("debug").engine.kind == "scripted"


@pytest.mark.parametrize("text", ["- a list\n", "a: [unclosed\n", "\x00"])
def test_files_that_are_no_mapping_are_refused(tmp_path: Path, text: str) -> None:
    """A file that is not YAML, or no mapping, is a ConfigError."""
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        load_config(ServeConfig, path)


@given(st.text(max_size=40))
def test_no_override_escapes_as_another_error(text: str) -> None:
    """Whatever stands behind `--set` gives a configuration or a ConfigError."""
    try:
        load_serve_config("default", [text])
    except ConfigError as error:
        assert str(error)
