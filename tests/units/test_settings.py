"""Settings are read once, say what is wrong in words, and keep secrets out of sight."""

import pytest
from pydantic import ValidationError

from tidings.errors import SettingsError
from tidings.settings import Settings, read_settings


def settings(**values):  # type: ignore[no-untyped-def]
    return read_settings(_env_file=None, **values)


def test_without_any_environment_the_site_is_in_development():
    plain = settings()
    assert plain.database_url is None
    assert plain.mail_url == "console://"
    assert plain.rate_limits == "on"
    assert not plain.production


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("TIDINGS_SITE_NAME", "The Lighthouse")
    monkeypatch.setenv("TIDINGS_TRUSTED_PROXIES", "2")
    read = settings()
    assert (read.site_name, read.trusted_proxies) == ("The Lighthouse", 2)


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("TIDINGS_SITE_NAME=From the file\nTIDINGS_LOG_LEVEL=debug\n", encoding="utf-8")
    monkeypatch.setenv("TIDINGS_LOG_LEVEL", "error")
    read = read_settings(_env_file=tmp_path / ".env")
    assert (read.site_name, read.log_level) == ("From the file", "error")


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "BASE_URL", "ADMIN_EMAIL"])
def test_an_empty_value_is_as_if_it_were_not_set(monkeypatch, name):
    monkeypatch.setenv(f"TIDINGS_{name}", "")
    assert getattr(settings(), name.lower()) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("database_url", "postgres://localhost/tidings"),
        ("base_url", "example.org"),
        ("base_url", "https://example.org/blog"),
        ("base_url", "ftp://example.org"),
        ("registration", "maybe"),
        ("rate_limits", "sometimes"),
        ("trusted_proxies", "-1"),
        ("site_name", ""),
        ("log_level", "loud"),
    ],
)
def test_a_wrong_setting_is_named_as_the_operator_knows_it(field, value):
    with pytest.raises(SettingsError, match=f"TIDINGS_{field.upper()}"):
        settings(**{field: value})


def test_all_wrong_settings_are_named_at_once():
    with pytest.raises(SettingsError) as caught:
        settings(registration="maybe", log_format="xml")
    assert "TIDINGS_REGISTRATION" in caught.value.sentence
    assert "TIDINGS_LOG_FORMAT" in caught.value.sentence


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        settings().site_name = "Another"


def test_https_makes_production_and_a_trailing_slash_does_not_matter():
    read = settings(base_url="https://Example.org/")
    assert read.production
    assert read.base_url == "https://example.org"
    assert not settings(base_url="http://example.org").production


def test_keys_rotate_and_the_first_signs():
    assert settings(secret_key="new, old,").secret_keys == ["new", "old"]
    assert settings().secret_keys == []


def test_secrets_do_not_show_when_settings_are_printed():
    shown = repr(settings(secret_key="hush-hush", mail_url="smtp://me:hush-hush@localhost:587"))
    assert "hush-hush" not in shown


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.0.7"])
def test_in_development_a_local_host_header_is_believed(host):
    assert settings().origin(host) == f"http://{host}"


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", "a@b:c"]
)
def test_in_development_any_other_host_header_is_not_believed(host):
    assert settings().origin(host) is None


def test_with_a_base_url_the_host_header_does_not_matter():
    assert settings(base_url="https://example.org").origin("evil.example") == "https://example.org"


def test_every_setting_is_described():
    bare = [name for name, field in Settings.model_fields.items() if not (field.description or "").strip()]
    assert bare == []


SECRET = "k" * 40


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"database_url": "mongodb://host/tidings"}, "TIDINGS_SECRET_KEY"),
        ({"database_url": "memory://", "base_url": "https://example.org", "secret_key": SECRET}, "memory://"),
        (
            {"database_url": "mongodb://host/tidings", "base_url": "https://example.org", "secret_key": "a"},
            "at least 16",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_with_a_sentence(wrong: dict[str, str], says: str):
    with pytest.raises(SettingsError, match=says):
        Settings(_env_file=None, **wrong).check()


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"database_url": "memory://"},
        {"database_url": "mongodb://host/tidings", "secret_key": "short"},
        {"database_url": "mongodb://host/tidings", "secret_key": SECRET, "base_url": "https://example.org"},
    ],
)
def test_settings_that_fit_together_pass(right: dict[str, str]):
    Settings(_env_file=None, **right).check()
