"""Kubernetes: references resolve, settings exist, nobody has more than the own work needs."""

import re
import shutil
import subprocess

import pytest
import yaml

from jobtwin.config.environment import NAMES
from jobtwin.config.secret_files import SECRETS
from tests.deploy.manifests import BASE, ROOT, kubernetes, named, of_kind, pods, settings_of

PODS = pods()
OUTSIDE = {"jobtwin-secrets", "jobtwin-owner", "jobtwin-keys"}


def test_every_file_is_listed() -> None:
    listed = set(yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"])
    assert listed == {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"}


@pytest.mark.parametrize("name", PODS)
def test_what_a_pod_refers_to_exists(name: str) -> None:
    pod = PODS[name]
    (container,) = pod["containers"]
    volumes = {one["name"]: one for one in pod["volumes"]}
    assert set(volumes) == {one["name"] for one in container["volumeMounts"]}
    assert {one["secret"]["secretName"] for one in volumes.values() if "secret" in one} <= OUTSIDE
    claims = {
        one["persistentVolumeClaim"]["claimName"]
        for one in volumes.values()
        if len(one) and "persistentVolumeClaim" in one
    }
    assert claims <= named("PersistentVolumeClaim")
    assert pod["serviceAccountName"] in named("ServiceAccount")
    assert pod.get("runtimeClassName", "gvisor") in named("RuntimeClass")


@pytest.mark.parametrize("name", PODS)
def test_every_setting_of_a_pod_exists_and_its_files_are_mounted(name: str) -> None:
    (container,) = PODS[name]["containers"]
    mounts = [one["mountPath"] for one in container["volumeMounts"]]
    for setting, value in settings_of(PODS[name]).items():
        plain = setting.removesuffix("_FILE")
        assert setting in NAMES or plain in SECRETS or re.match(r"JOBTWIN_KEY_[A-Z0-9_]+_FILE$", setting)
        if setting.endswith("_FILE"):
            assert any(value.startswith(f"{mount}/") for mount in mounts), setting


@pytest.mark.parametrize("name", [name for name in PODS if name != "verifier"])
def test_pods_that_run_our_code_are_restricted(name: str) -> None:
    pod = PODS[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_strangers_code_runs_behind_another_kernel_without_keys() -> None:
    pod = PODS["verifier"]
    assert pod["runtimeClassName"] == "gvisor"
    assert not any("KEY" in name and "SECRET_KEY" not in name for name in settings_of(pod))
    assert all(one.get("secret", {}).get("secretName") != "jobtwin-keys" for one in pod["volumes"])
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    assert "privileged" not in pod["containers"][0]["securityContext"]


def test_only_the_migration_knows_the_owner() -> None:
    knows = {name for name, pod in PODS.items() if "JOBTWIN_OWNER_DATABASE_URL_FILE" in settings_of(pod)}
    assert knows == {"migrate"}


@pytest.mark.parametrize("name", PODS)
def test_no_pod_talks_to_the_cluster_and_each_has_limits(name: str) -> None:
    assert PODS[name]["automountServiceAccountToken"] is False
    (container,) = PODS[name]["containers"]
    assert "memory" in container["resources"]["limits"]
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])


def test_budgets_scaling_services_and_policies_select_pods_that_exist() -> None:
    labels = {
        one["spec"]["template"]["metadata"]["labels"]["jobtwin"] for one in of_kind("Deployment", "Job")
    }
    for one in of_kind("PodDisruptionBudget"):
        assert one["spec"]["selector"]["matchLabels"]["jobtwin"] in labels
    for one in of_kind("Service"):
        assert one["spec"]["selector"]["jobtwin"] in labels
    for one in of_kind("HorizontalPodAutoscaler"):
        assert one["spec"]["scaleTargetRef"]["name"] in named("Deployment")
    for one in of_kind("NetworkPolicy"):
        for rule in one["spec"]["podSelector"].get("matchExpressions", []):
            assert set(rule["values"]) <= labels


def test_nothing_is_reached_unless_a_policy_says_so() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind("NetworkPolicy")}
    assert policies["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (rule,) = policies["public-https"]["egress"]
    refused = set(rule["to"][0]["ipBlock"]["except"])
    assert {"10.0.0.0/8", "169.254.0.0/16", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} <= refused


def test_a_worker_has_longer_to_end_than_its_jobs() -> None:
    from jobtwin.cli.worker import GRACE_SECONDS

    for name in ("worker", "verifier"):
        assert PODS[name]["terminationGracePeriodSeconds"] > GRACE_SECONDS


def test_no_manifest_holds_a_secret() -> None:
    assert not of_kind("Secret")
    assert not re.search(r"postgresql://", str(kubernetes()))


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize("folder", ["base", "overlays/small"])
def test_kustomize_reads_it(folder: str) -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", ROOT / "deploy/kubernetes" / folder], capture_output=True, check=True
    )
    built = [one for one in yaml.safe_load_all(done.stdout) if one]
    assert len(built) == len(kubernetes())
