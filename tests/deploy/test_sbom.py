"""The bill of materials: whole, the same for the same lock, and no licence that must not be in it."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.deploy.manifests import ROOT


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "deploy/sbom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["sbom"] = module
    spec.loader.exec_module(module)
    return module


def test_everything_that_runs_is_in_it_with_hashes_and_an_allowed_licence(
    sbom: ModuleType, tmp_path: Path
) -> None:
    assert sbom.main(tmp_path) == 0
    first = (tmp_path / "sbom.json").read_bytes()
    found = json.loads(first)
    names = {one["name"] for one in found["components"]}
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert {"django", "psycopg", "cryptography", "procrastinate", "opentelemetry-sdk"} <= names
    assert all(one["hashes"] for one in found["components"])
    assert sbom.main(tmp_path) == 0
    assert (tmp_path / "sbom.json").read_bytes() == first


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT", False),
    ],
)
def test_a_licence_that_would_bind_us_is_refused(sbom: ModuleType, licence: str, refused: bool) -> None:
    assert sbom.Package("x", "1", (), licence).refused is refused
