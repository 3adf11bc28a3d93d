"""npm projects of a submission: installed from a registry of its own, and run offline."""

import base64
import gzip
import hashlib
import http.server
import io
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.choose import choose_engine
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f1.check import check_f1
from jobtwin.verification.f3.check import check_f3
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import work_folder

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(shutil.which("npm", path="/usr/bin:/bin") is None, reason="this machine has no npm"),
]

LOOK = """
const kite = require("kite");
const fs = require("fs");
fs.writeFileSync("node_modules/.cache", "tools may");
const net = require("os").networkInterfaces();
if (kite !== 7 || fs.existsSync("/tmp/ran") || Object.keys(net).some((one) => one !== "lo")) process.exit(1);
console.log("kite flies");
"""


def _tarball() -> bytes:
    """A package whose install script would leave a file."""
    files = {
        "package/package.json": json.dumps(
            {"name": "kite", "version": "1.0.0", "scripts": {"postinstall": "touch /tmp/ran"}}
        ),
        "package/index.js": f"module.exports = 7;  // {uuid4()}: no layer of an earlier run is this one\n",
    }
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(raw.getvalue(), mtime=0)


TARBALL = _tarball()
INTEGRITY = "sha512-" + base64.b64encode(hashlib.sha512(TARBALL).digest()).decode()


class Registry(http.server.BaseHTTPRequestHandler):
    """Knows one package in one version."""

    def do_GET(self) -> None:
        dist = {"tarball": f"http://{self.headers['Host']}/kite.tgz", "integrity": INTEGRITY}
        version = {"name": "kite", "version": "1.0.0", "dist": dist}
        document = {"name": "kite", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
        found = {"/kite": json.dumps(document).encode(), "/kite.tgz": TARBALL}.get(self.path)
        self.send_response(200 if found is not None else 404)
        self.end_headers()
        self.wfile.write(found or b"{}")

    def log_message(self, *words: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def settings(registry: str, tmp_path_factory: pytest.TempPathFactory) -> VerificationSettings:
    import os

    top = tmp_path_factory.mktemp("front")
    found = VerificationSettings.from_environment({**os.environ, "JOBTWIN_WORK": str(top / "work")})
    installer = {**found.environments.installer, "NPM_CONFIG_REGISTRY": registry}
    return replace(found, installer=replace(found.environments, installer=installer))


def front_end(
    settings: VerificationSettings, *, integrity: str = INTEGRITY, test: str = LOOK
) -> dict[str, Any]:
    package = {"scripts": {"test": "node test.js"}, "dependencies": {"kite": "1.0.0"}}
    entry = {"version": "1.0.0", "resolved": "http://127.0.0.1:1/kite.tgz", "integrity": integrity}
    lock = {"lockfileVersion": 3, "packages": {"": {}, "node_modules/kite": entry}}
    files = {
        "app.py": "def add(a, b):\n    return a + b\n",
        "test_app.py": "from app import add\n\ndef test_add():\n    assert add(1, 1) == 2\n",
        "web/package.json": json.dumps(package),
        "web/package-lock.json": json.dumps(lock),
        "web/.npmrc": "registry=http://127.0.0.1:1/\nignore-scripts=false\n",
        "web/test.js": test,
    }
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    with work_folder(settings.work) as work:
        progress = Progress("F1", ignore, {})
        result: CheckResult = check_f1(Subject(tree, choose_engine(settings), settings, progress, work))
    assert result.reason is Reason.OK, result.summary
    fronts: Any = result.facts["front_ends"]
    assert len(fronts) == 1
    return dict(fronts[0])


def test_its_packages_run_no_script_and_its_tests_run_offline(settings: VerificationSettings) -> None:
    first = front_end(settings)
    again = front_end(settings, test="process.exit(3)")

    assert (first["folder"], first["packages"], first["install"]) == ("web", 1, "built")
    assert first["scripts"]["test"]["exit"] == 0, first["scripts"]["test"]["log"]
    assert "kite flies" in first["scripts"]["test"]["log"]
    assert (again["install"], again["scripts"]["test"]["exit"]) == ("cached", 3)


def test_a_package_that_is_not_what_the_lock_says_is_refused(settings: VerificationSettings) -> None:
    other = "sha512-" + base64.b64encode(hashlib.sha512(b"other").digest()).decode()

    found = front_end(settings, integrity=other)

    assert (found["verdict"], found["reason"]) == ("refuted", "bad_requirement"), found
    assert "scripts" not in found


EVALS = """
const kite = require("kite");
const ask = { model: "any", messages: [{ role: "user", content: "how high?" }] };
fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", body: JSON.stringify(ask) })
  .then((answer) => answer.json())
  .then((answer) => {
    require("fs").writeFileSync("report.json", JSON.stringify({ results: [answer.choices.length, kite] }));
    console.log("asked once");
  });
"""


def evals(settings: VerificationSettings, *, lock: bool = True) -> CheckResult:
    entry = {"version": "1.0.0", "integrity": INTEGRITY}
    files = {
        "evals/package.json": json.dumps(
            {"scripts": {"evals": "node run.js"}, "dependencies": {"kite": "1.0.0"}}
        ),
        "evals/run.js": EVALS,
    }
    if lock:
        packages = {"": {}, "node_modules/kite": entry}
        files["evals/package-lock.json"] = json.dumps({"lockfileVersion": 3, "packages": packages})
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    with work_folder(settings.work) as work:
        return check_f3(Subject(tree, choose_engine(settings), settings, Progress("F3", ignore, {}), work))


def test_evals_of_javascript_run_beside_the_stand_in_model(settings: VerificationSettings) -> None:
    result = evals(settings)

    facts: Any = result.facts
    assert result.reason is Reason.OK, (result.summary, facts)
    assert facts["command"] == ["npm", "run", "--prefix", "evals", "evals"]
    assert (facts["npm_packages"], facts["model_calls"]) == (1, {"chat": 1})
    assert [one["path"] for one in facts["reports"]] == ["evals/report.json"]


def test_evals_of_javascript_without_a_lock_cannot_be_installed(settings: VerificationSettings) -> None:
    assert evals(settings, lock=False).reason is Reason.UNRESOLVABLE_STATICALLY
