"""The settings that were promised exist, and every one of them can be found by who needs it."""

import pytest

from tidings.settings import Settings

# The contract: scripts and deployments rely on these names.
PROMISED = {
    "database_url": None,
    "data_dir": "var",
    "secret_key": None,
    "base_url": None,
    "mail_url": "console://",
    "admin_email": None,
    "registration": "open",
    "site_name": "Tidings",
    "trusted_proxies": 0,
    "rate_limits": "on",
    "slow_query_ms": 500,
    "log_format": "text",
    "log_level": "info",
}


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_setting_is_there_with_its_default(name: str):
    default = Settings.model_fields[name].default
    assert (str(default) if name == "data_dir" else default) == PROMISED[name]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name: str):
    description = Settings.model_fields[name].description
    assert description
    assert len(description) > 15


def test_every_setting_is_a_variable_of_the_environment():
    assert Settings.model_config["env_prefix"] == "TIDINGS_"
    assert Settings.model_config["frozen"]
