"""Manifests as data, and what to ask of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy/kubernetes/base"


def kubernetes() -> list[dict[str, Any]]:
    """Every object of the base, in the order of its kustomization."""
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    return [one for name in listed for one in yaml.safe_load_all((BASE / name).read_text()) if one]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [one for one in kubernetes() if one["kind"] in kinds]


def pods() -> dict[str, dict[str, Any]]:
    """The specification of every pod, by the name of what makes it."""
    return {
        one["metadata"]["name"].removeprefix("jobtwin-"): one["spec"]["template"]["spec"]
        for one in of_kind("Deployment", "Job")
    }


def named(kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in of_kind(kind)}


def settings_of(pod: dict[str, Any]) -> dict[str, str]:
    """The environment of a pod's only container."""
    (container,) = pod["containers"]
    maps = {one["metadata"]["name"]: one["data"] for one in of_kind("ConfigMap")}
    found: dict[str, str] = {}
    for source in container["envFrom"]:
        found |= maps[source["configMapRef"]["name"]]
    return found | {one["name"]: one["value"] for one in container.get("env", [])}


def units() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every systemd service with its assignments in order."""
    for path in sorted((ROOT / "deploy/systemd").glob("*.service")):
        lines = [line for line in path.read_text().splitlines() if "=" in line and not line.startswith("#")]
        yield path.stem, [(name, value) for name, _, value in (line.partition("=") for line in lines)]
