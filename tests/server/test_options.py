"""The file that says how to serve, and the defaults without it."""

import tomllib
from pathlib import Path

import pytest

from tidings.errors import SettingsError
from tidings.server.config import load_config
from tidings.server.options import DEFAULTS, read_config_file

ROOT = Path(__file__).resolve().parents[2]


def test_the_file_in_the_repository_says_what_holds_without_it() -> None:
    assert tomllib.loads((ROOT / "hypercorn.toml").read_text()) == DEFAULTS


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_config_file(None) == DEFAULTS


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('bind = "127.0.0.1:9000"\n')
    values = read_config_file(path)
    assert values["bind"] == ["127.0.0.1:9000"]
    assert values["backlog"] == 4096


def test_tls_is_left_to_the_proxy(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('certfile = "a.pem"\nkeyfile = "b.pem"\n')
    with pytest.raises(SettingsError, match="certfile, keyfile"):
        read_config_file(path)


@pytest.mark.parametrize("text", ["bind = ", "\udcff"], ids=["no TOML", "no UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError, match=r"mine\.toml"):
        read_config_file(path)


def test_hypercorns_own_command_reads_the_file_too() -> None:
    from hypercorn.config import Config

    config = Config.from_toml(ROOT / "hypercorn.toml")
    assert config.websocket_max_message_size == 16384
    assert load_config(ROOT / "hypercorn.toml").keep_alive_timeout == config.keep_alive_timeout
