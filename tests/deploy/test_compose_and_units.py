"""Compose and systemd: references resolve, nothing runs with more than it needs, secrets are files."""

import re

import pytest
import yaml

from jobtwin.cli.worker import GRACE_SECONDS
from jobtwin.config.environment import NAMES
from jobtwin.config.secret_files import SECRETS
from tests.deploy.manifests import ROOT, units

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
UNITS = dict(units())


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_refers_to_exists(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("depends_on", [])) <= set(SERVICES)
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / source).is_file()
    for value in service.get("environment", {}).values():
        if str(value).startswith("/run/secrets/"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_settings_of_a_service_exist(name: str) -> None:
    for setting in SERVICES[name]["environment"]:
        assert setting in NAMES or setting.removesuffix("_FILE") in SECRETS


@pytest.mark.parametrize("name", ["migrate", "web", "proxy", "worker"])
def test_services_are_hardened(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]


def test_the_database_is_not_reached_from_outside() -> None:
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]


def test_only_the_migration_knows_the_owner() -> None:
    knows = [name for name, one in SERVICES.items() if "database_owner" in one.get("secrets", [])]
    assert knows == ["migrate"]
    owning = {name for name, lines in UNITS.items() if "owner" in str(lines)}
    assert owning == {"jobtwin-migrate", "jobtwin-backup"}


def test_the_script_makes_every_secret() -> None:
    script = (ROOT / "deploy/compose/secrets").read_text()
    assert set(re.findall(r"^make (\w+) ", script, re.MULTILINE)) == set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", UNITS)
def test_settings_and_credentials_of_a_unit_match(name: str) -> None:
    credentials = {value.split(":")[0] for key, value in UNITS[name] if key == "LoadCredential"}
    for key, value in UNITS[name]:
        if key != "Environment":
            continue
        setting, _, given = value.partition("=")
        assert setting in NAMES or setting.removesuffix("_FILE") in SECRETS
        if given.startswith("%d/"):
            assert given.removeprefix("%d/") in credentials


@pytest.mark.parametrize("name", [name for name in UNITS if name != "jobtwin-verifier"])
def test_units_that_run_our_code_are_hardened(name: str) -> None:
    unit = dict(UNITS[name])
    assert unit["User"] == "jobtwin"
    for wanted in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictNamespaces"):
        assert unit[wanted] == "yes", wanted
    assert (unit["ProtectSystem"], unit["CapabilityBoundingSet"]) == ("strict", "")


def test_the_verifier_holds_no_keys() -> None:
    assert dict(UNITS["jobtwin-verifier"])["InaccessiblePaths"] == "-/etc/jobtwin/keys"


@pytest.mark.parametrize("name", ["jobtwin-worker", "jobtwin-verifier"])
def test_a_worker_has_longer_to_end_than_its_jobs(name: str) -> None:
    assert int(dict(UNITS[name])["TimeoutStopSec"]) > GRACE_SECONDS


def test_every_queue_is_served_by_some_unit() -> None:
    from tests.deploy.manifests import pods

    wanted = set(re.findall(r'queue="(\w+)"', (ROOT / "src/jobtwin/jobs/tasks.py").read_text()))
    of_units = " ".join(dict(lines)["ExecStart"] for lines in UNITS.values())
    of_pods = " ".join(str(pod["containers"][0].get("args")) for pod in pods().values())
    for text in (of_units, of_pods):
        assert {
            one for names in re.findall(r"--queues'?,? '?([a-z,]+)", text) for one in names.split(",")
        } == wanted


def test_the_web_server_takes_the_client_from_the_one_proxy_before_it() -> None:
    settings = yaml.safe_load_all((ROOT / "deploy/kubernetes/base/settings.yaml").read_text())
    assert str(SERVICES["web"]["environment"]["JOBTWIN_PROXIES"]) == "1"
    assert ("Environment", "JOBTWIN_PROXIES=1") in UNITS["jobtwin-web"]
    assert next(settings)["data"]["JOBTWIN_PROXIES"] == "1"
