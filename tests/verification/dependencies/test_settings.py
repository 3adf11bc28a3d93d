"""The operator's own settings reach the installer, and nothing else does."""

from dataclasses import fields
from pathlib import Path

import pytest

from jobtwin.core.check import Reason
from jobtwin.core.errors import BadInput
from jobtwin.verification.dependencies import DependencyFailure, EnvironmentSettings
from jobtwin.verification.dependencies.interpreter import describe_interpreter
from jobtwin.verification.dependencies.settings import LIMITS, operator_variables


def test_only_the_index_certificates_and_proxies_of_the_operator_pass() -> None:
    environ = {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX_MIRROR_PASSWORD": "p",
        "https_proxy": "http://proxy.example:3128",
        "SSL_CERT_DIR": "/certs",
        "UV_PYTHON": "/evil",
        "UV_PROJECT_ENVIRONMENT": "/evil",
        "UV_COMPILE_BYTECODE": "1",
        "PYTHONPATH": "/evil",
        "LD_PRELOAD": "/evil.so",
        "AWS_SECRET_ACCESS_KEY": "x",
        "HOME": "/home/ada",
    }

    assert operator_variables(environ) == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX_MIRROR_PASSWORD": "p",
        "https_proxy": "http://proxy.example:3128",
        "SSL_CERT_DIR": "/certs",
    }


def test_names_of_pip_are_translated_and_names_of_uv_win() -> None:
    environ = {
        "PIP_INDEX_URL": "https://pip.example/simple",
        "PIP_FIND_LINKS": "/a /b",
        "PIP_CERT": "/certs/a.pem",
        "REQUESTS_CA_BUNDLE": "/certs/b.pem",
        "UV_DEFAULT_INDEX": "https://uv.example/simple",
    }

    assert operator_variables(environ) == {
        "UV_DEFAULT_INDEX": "https://uv.example/simple",
        "UV_FIND_LINKS": "/a,/b",
        "SSL_CERT_FILE": "/certs/a.pem",
    }


def test_the_settings_keep_what_was_captured(tmp_path: Path) -> None:
    settings = EnvironmentSettings.from_environment({"UV_OFFLINE": "1"}, cache=tmp_path)

    assert settings.installer == {"UV_OFFLINE": "1"}
    assert settings.venvs == tmp_path / "venvs"


def test_limits_are_named_settings_of_the_operator(tmp_path: Path) -> None:
    environ = {"JOBTWIN_DEPENDENCIES_MAX_PACKAGES": "7", "JOBTWIN_DEPENDENCIES_INSTALL_SECONDS": "1.5"}
    settings = EnvironmentSettings.from_environment(environ, cache=tmp_path)

    assert (settings.max_packages, settings.install_seconds) == (7, 1.5)
    numbers = {one.name for one in fields(EnvironmentSettings) if one.type in {int, float, "int", "float"}}
    assert numbers == set(LIMITS)


@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf", "1e999"])
def test_a_limit_that_is_no_number_above_zero_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match="JOBTWIN_DEPENDENCIES_CACHE_SECONDS"):
        EnvironmentSettings.from_environment({"JOBTWIN_DEPENDENCIES_CACHE_SECONDS": text}, cache=tmp_path)


def test_an_interpreter_that_is_missing_or_lies_in_a_home_folder_is_our_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(DependencyFailure) as missing:
        describe_interpreter(tmp_path / "python")
    python = Path.home() / ".local" / "python-of-a-test"
    (link := tmp_path / "link").symlink_to(python)
    with pytest.raises(DependencyFailure) as homely:
        describe_interpreter(link)

    assert missing.value.reason is Reason.INFRASTRUCTURE
    assert "there is no Python" in missing.value.summary
    assert homely.value.reason is Reason.INFRASTRUCTURE
    assert "stands in a home folder" in homely.value.summary
