"""Honest containers of several styles are confirmed, with facts that a mentor can use."""

from pathlib import Path

import pytest

from jobtwin.core.check import Reason
from tests.host.verification.f2.yard import BASE, CONTAINERFILE, SERVER, Yard

pytestmark = [pytest.mark.host, pytest.mark.containers]


def test_an_honest_container_builds_starts_answers_and_stops(yard: Yard) -> None:
    result = yard.check({})

    assert result.reason is Reason.OK, (result.summary, result.facts)
    facts = result.facts
    assert facts["health"] == {"port": 8080, "path": "/healthz", "status": 200}
    assert (facts["file"], facts["base_image"], facts["user"]) == ("Containerfile", BASE, "10001")
    assert (facts["exposed_ports"], facts["exit"], facts["stop_signal"]) == ([8080], 0, "SIGTERM")
    assert isinstance(facts["image_bytes"], int)
    assert facts["image_bytes"] > 100_000_000
    assert "STEP 1/" in str(facts["build_log"])
    assert set(facts["engine"]) == {"buildah", "runc", "bwrap"}  # type: ignore[call-overload]  # a dictionary


def test_an_unchanged_pip_install_finds_its_wheels_without_network(yard: Yard) -> None:
    app = "import kerb_lib\n" + SERVER
    steps = "COPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nWORKDIR"
    files = {
        "Containerfile": CONTAINERFILE.replace("WORKDIR", steps),
        "requirements.txt": "kerb-lib",
        "app.py": app,
    }

    result = yard.check({**files})

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert "Successfully installed kerb-lib-99.0" in str(result.facts["build_log"])


@pytest.mark.parametrize(
    ("install", "copy"),
    [
        ("pip install --prefix=/install kerb-lib", "COPY --from=build /install /usr/local"),
        ("pip install --user kerb-lib", "COPY --from=build /root/.local /usr/local"),
        (
            "--mount=type=cache,target=/root/.cache/pip pip install kerb-lib",
            "COPY --from=0 /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages",
        ),
        (
            "python -m venv /venv && /venv/bin/pip install kerb-lib",
            "COPY --from=build /venv /venv\nENV PATH=/venv/bin:$PATH",
        ),
    ],
)
def test_what_one_stage_installs_serves_the_next(yard: Yard, install: str, copy: str) -> None:
    text = f"ARG V=3.11\nFROM python:${{V}}-slim AS build\nRUN {install}\n"
    text += CONTAINERFILE.replace("WORKDIR", f"{copy}\nWORKDIR")

    result = yard.check({"Containerfile": text, "app.py": "import kerb_lib\n" + SERVER})

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert result.facts["stages"] == 2


def test_a_compose_service_is_built_with_its_target_arguments_and_environment(yard: Yard) -> None:
    dockerfile = f"ARG V\nFROM {BASE} AS base\nARG WHO\nRUN test $WHO = ada\nCOPY . /\nUSER 1000\n"
    dockerfile += 'CMD ["python", "/app.py"]\nFROM base AS broken\nCMD ["false"]\n'
    compose = """
services:
  search: {image: qdrant/qdrant}
  api:
    build: {context: ./api, dockerfile: Dockerfile.api, target: base, args: {WHO: ada}}
    environment: ["MODE=${MODE:-live}"]
    ports: ["127.0.0.1:80:8080"]
"""
    app = "import os\nassert os.environ['MODE'] == 'live'\n" + SERVER
    files: dict[str, str | bytes] = {
        "compose.yaml": compose,
        "api/Dockerfile.api": dockerfile,
        "api/app.py": app,
    }

    result = yard.check_only(files)

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert result.facts["named_by"] == "compose service api"
    assert result.facts["services_absent"] == ["search"]


def test_volumes_and_tmp_are_writable_and_nothing_else_is(yard: Yard) -> None:
    app = """
import server
for path in ("/tmp/a", "/data/a", "/dev/shm/a"):
    open(path, "w").close()
try:
    open("/app/a", "w")
except OSError as error:
    print("root:", error.strerror)
server.stop_on()
server.serve()
"""
    text = CONTAINERFILE.replace("USER 10001", "VOLUME /data")

    result = yard.check({"Containerfile": text, "app.py": app})

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert "root: Read-only file system" in str(result.facts["container_log"])


def test_its_own_stop_signal_is_the_one_that_is_sent(yard: Yard) -> None:
    text = CONTAINERFILE + "STOPSIGNAL SIGINT\n"
    result = yard.check({"Containerfile": text, "app.py": "import server\nserver.stop_on(2)\nserver.serve()"})

    assert (result.reason, result.facts["stop_signal"]) == (Reason.OK, "SIGINT"), result.summary


def test_a_here_document_and_a_port_below_1024_work_as_they_do_elsewhere(yard: Yard) -> None:
    text = CONTAINERFILE.replace("WORKDIR", "RUN <<EOF\nset -e\necho 'one \"two\"' > /made\nEOF\nWORKDIR", 1)
    app = "import server\nassert open('/made').read() == 'one \"two\"\\n'\nserver.stop_on()\nserver.serve(80)"

    result = yard.check({"Containerfile": text.replace("8080", "80"), "app.py": app})

    assert result.reason is Reason.OK, (result.summary, result.facts)


def test_the_packaged_sample_is_confirmed_with_real_wheels(yard: Yard) -> None:
    """Downloads the sample's own dependencies from the operator's index."""
    import os
    from importlib.resources import files

    from jobtwin.source.tree import MemoryTree
    from jobtwin.verification.dependencies import EnvironmentSettings
    from tests.host.verification.dependencies.shelf import Shelf
    from tests.host.verification.f2.yard import Yard as Own

    root = Path(str(files("jobtwin") / "samples" / "capstone"))
    content = {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    real = EnvironmentSettings.from_environment(os.environ, cache=yard.work / "real")
    result = Own(yard.settings, yard.work, Shelf(yard.shelf.wheels, real)).check_tree(MemoryTree(content))

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert result.facts["health"] == {"port": 8080, "path": "/healthz", "status": 200}
