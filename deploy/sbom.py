"""The bill of materials of what runs: CycloneDX 1.6 from the lock, and licences, some of which are refused.

usage: python deploy/sbom.py [FOLDER]      writes FOLDER/sbom.json and FOLDER/licences.txt (default: dist)
The packages of requirements/run.txt must be installed: their licences are what they say of themselves.
"""

import json
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements/run.txt"
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_REFUSED = re.compile(r"\bA?GPL|Affero|General Public License", re.IGNORECASE)
_LESSER = re.compile(r"LGPL|Lesser General Public License", re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """One pinned package: the digests of its files that may be installed, and its licence."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str

    @property
    def refused(self) -> bool:
        """True for GPL and AGPL; LGPL is used unmodified, as a library."""
        return bool(_REFUSED.search(_LESSER.sub("", self.licence)))


def locked_packages(lock: str) -> list[Package]:
    """Every package of a lock. Raises LookupError for one that is not installed."""
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    found = []
    for part in parts:
        pin = _PIN.match(part)
        if pin is not None:
            hashes = tuple(_HASH.findall(part))
            found.append(Package(pin[1], pin[2], hashes, licence_of(pin[1])))
    return found


def licence_of(name: str) -> str:
    """What a package says of its licence: the expression, else the classifiers, else its first line."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError as error:
        raise LookupError(f"{name} is not installed: make setup") from error
    classifiers = [
        one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License")
    ]
    text = said.get("License-Expression") or "; ".join(classifiers) or said.get("License") or "unknown"
    return " ".join(text.splitlines()[0].split())[:120]


def bill(packages: list[Package], *, version: str) -> dict[str, object]:
    """The CycloneDX document; the same lock gives the same bytes."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "jobtwin", "version": version}},
        "components": [
            {
                "type": "library",
                "name": one.name,
                "version": one.version,
                "purl": f"pkg:pypi/{one.name}@{one.version}",
                "licenses": [{"license": {"name": one.licence}}],
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.hashes],
            }
            for one in packages
        ],
    }


def main(folder: Path) -> int:
    """Writes both files; 1 where a licence is refused or unknown."""
    packages = locked_packages(LOCK.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    version = re.search(r'"(.+)"', (ROOT / "src/jobtwin/__init__.py").read_text())
    document = bill(packages, version=version[1] if version else "0")
    (folder / "sbom.json").write_text(json.dumps(document, indent=1) + "\n")
    lines = [f"{one.name} {one.version}: {one.licence}" for one in packages]
    (folder / "licences.txt").write_text("\n".join(lines) + "\n")
    bad = [one for one in packages if one.refused or one.licence == "unknown"]
    for one in bad:
        sys.stderr.write(f"refused: {one.name} {one.version}: {one.licence}\n")
    sys.stdout.write(
        f"{len(packages)} packages, {len(bad)} refused: {folder}/sbom.json, {folder}/licences.txt\n"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("dist")))
