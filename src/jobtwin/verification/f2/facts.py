"""What the container check shows a mentor."""

from collections.abc import Mapping
from typing import Any

from jobtwin.verification.f2.box import BoxReport
from jobtwin.verification.f2.choice import Choice
from jobtwin.verification.f2.finding import shown
from jobtwin.verification.f2.inside.health import exposed_ports
from jobtwin.verification.f2.recipe import Recipe
from jobtwin.verification.f2.services import Services
from jobtwin.verification.f2.settings import ContainerSettings
from jobtwin.verification.supervise import clean_text

_TAIL = 16_000
_WORDS = 20


def facts_of_choice(choice: Choice) -> dict[str, object]:
    """Which file was used, and what stands beside it."""
    facts: dict[str, object] = {"file": choice.file, "named_by": choice.named_by, **choice.facts}
    if choice.context:
        facts["context"] = choice.context
    return facts


def facts_of_limits(limits: ContainerSettings) -> dict[str, object]:
    """The limits that the peaks of `usage` stand beside."""
    names = ("build_seconds", "memory_bytes", "disk_bytes", "processes", "app_memory_bytes", "app_processes")
    return {"limits": {name: getattr(limits, name) for name in names}}


def facts_of_services(services: Services) -> dict[str, object]:
    """What runs beside it under which names, and what does not."""
    facts: dict[str, object] = {}
    if services.run:
        facts["services"] = {kind: list(one.names) for kind, one in services.run.items()}
    if services.absent:
        facts["services_absent"] = list(services.absent)
    return facts


def facts_of_recipe(recipe: Recipe) -> dict[str, object]:
    """The base image of what is started, and the others that the build uses."""
    others = [one for one in recipe.bases if one != recipe.base]
    facts: dict[str, object] = {"base_image": recipe.base, "stages": recipe.stages}
    return facts | ({"other_images": others} if others else {})


def facts_of_box(box: BoxReport) -> dict[str, object]:
    """Build, image, start and stop, with what the box used at its peak."""
    report = box.report
    facts: dict[str, object] = {}
    if "build" in report:
        build = report["build"]
        facts |= {"build_seconds": build["seconds"], "build_log": tail(build["log"])}
    if "image" in report:
        facts |= _image(report["image"])
    if "start" in report:
        facts |= _start(report["start"])
        if report["start"].get("services"):
            facts["services_report"] = {
                kind: _service(one) for kind, one in report["start"]["services"].items()
            }
    used = {
        "wall_seconds": round(box.wall_seconds, 3),
        "cpu_seconds": None if box.cpu_seconds is None else round(box.cpu_seconds, 3),
        "memory_bytes": box.peak_memory,
        "processes": box.peak_processes,
        "disk_bytes": report.get("disk", {}).get("bytes"),
    }
    facts["usage"] = {name: value for name, value in used.items() if value is not None}
    facts["phases"] = {name: one.as_json() for name, one in box.phases.items()}
    return facts


def _image(image: Mapping[str, Any]) -> dict[str, object]:
    config = image["config"]
    command = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]
    return {
        "image_bytes": sum(image["layers"]),
        "layers": len(image["layers"]),
        "command": [shown(str(word)) for word in command[:_WORDS]],
        "user": shown(str(config.get("User") or "root"), 60),
        "exposed_ports": list(exposed_ports(config)),
        "healthcheck": bool((config.get("Healthcheck") or {}).get("Test")),
    }


def _service(one: Mapping[str, Any]) -> dict[str, object]:
    """A service's log is shown only where it did not stay."""
    facts = {name: one[name] for name in ("ready_seconds", "calls", "unknown") if name in one}
    if one["ready_seconds"] is None or one["exit"] is not None:
        facts |= {"exit": one["exit"], "log": tail(one["log"])}
    return facts


def _start(start: Mapping[str, Any]) -> dict[str, object]:
    facts: dict[str, object] = {"container_log": tail(start["log"]), "listening": start["listening"]}
    if start["healthy"] is not None:
        port, path, status = start["healthy"]
        facts["health"] = {"port": port, "path": path, "status": status}
        facts["start_seconds"] = start["start_seconds"]
    elif start["answers"]:
        facts["answers"] = [{"port": one[0], "path": one[1], "status": one[2]} for one in start["answers"]]
    for name in (
        "stop_signal",
        "stop_seconds",
        "exit",
        "exit_before_stop",
        "app_out_of_memory",
        "app_memory_bytes",
        "app_processes",
    ):
        if start.get(name) is not None:
            facts[name] = start[name]
    return facts


def tail(log: str) -> str:
    """The end of a log, cleaned of control characters."""
    return clean_text(log.encode())[-_TAIL:]
