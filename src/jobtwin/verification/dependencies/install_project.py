"""Runs inside the sandbox, as text after `python -I -c`: builds the project's wheel and unpacks it.

Standard library only, and nothing of jobtwin: in there it has no other file. Arguments: the action (install
or metadata), the project's folder, the target folder, `module:object` of the backend, its backend paths.
Exit codes: 0 done, 3 the backend failed, 4 a build requirement is not installed, 5 not a wheel.
"""

import importlib
import importlib.metadata
import os
import re
import sys
import tempfile
import traceback
import zipfile
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

BACKEND_FAILED, REQUIREMENT_MISSING, NOT_A_WHEEL = 3, 4, 5

# A clone of one commit has no tags to compute a version from.
_VERSIONS = {
    "SETUPTOOLS_SCM_PRETEND_VERSION": "0.0.0",
    "PDM_BUILD_SCM_VERSION": "0.0.0",
    "PBR_VERSION": "0.0.0",
    "POETRY_DYNAMIC_VERSIONING_BYPASS": "0.0.0",
}
_SCRIPT = """#!{python}
import sys
from {module} import {first}
if __name__ == "__main__":
    sys.exit({call}())
"""


def main(arguments: list[str]) -> int:
    """Builds and unpacks; the exit code. Whatever the backend raises passes through."""
    action, source, target, name, *paths = arguments
    os.environ |= {**_VERSIONS, **os.environ}
    os.chdir(source)
    sys.path[:0] = paths
    sys.argv = ["setup.py"]
    try:
        backend = _load(name)
    except ImportError as error:
        _say(f"the build backend cannot be imported: {error}")
        return REQUIREMENT_MISSING
    missing = [one for one in _required(backend) if not _installed(one)]
    if missing:
        _say(f"the build also needs {', '.join(missing)}")
        return REQUIREMENT_MISSING
    with tempfile.TemporaryDirectory() as folder:
        if action == "metadata":
            content = _metadata(backend, Path(folder))
            (Path(target) / "METADATA").write_bytes(content)
            return 0
        return unpack(Path(folder, backend.build_wheel(folder, {}, None)), Path(target))


def unpack(path: Path, target: Path) -> int:
    """Unpacks a wheel, with its scripts and data, and writes its console scripts; the exit code."""
    try:
        with zipfile.ZipFile(path) as wheel:
            for member in wheel.infolist():
                if not member.is_dir():
                    _place(wheel, member, target)
    except zipfile.BadZipFile:
        _say("the backend built no wheel")
        return NOT_A_WHEEL
    for name, module, attribute in _console_scripts(target):
        first = attribute.split(".", maxsplit=1)[0]
        text = _SCRIPT.format(python=sys.executable, module=module, first=first, call=attribute)
        _write(target / "bin" / Path(name).name, text.encode(), 0o755)
    return 0


def _load(name: str) -> Any:
    module, _, path = name.partition(":")
    backend: Any = importlib.import_module(module)
    for part in filter(None, path.split(".")):
        backend = getattr(backend, part)
    return backend


def _required(backend: Any) -> list[str]:
    hook = getattr(backend, "get_requires_for_build_wheel", None)
    return list(hook({})) if hook else []


def _installed(requirement: str) -> bool:
    match = re.match(r"\s*([A-Za-z0-9._-]+)", requirement)
    if match is None or ";" in requirement:
        return True  # where its marker applies and it is missing, the backend fails and says so
    try:
        importlib.metadata.version(match[1])
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _metadata(backend: Any, folder: Path) -> bytes:
    if hasattr(backend, "prepare_metadata_for_build_wheel"):
        built: str = backend.prepare_metadata_for_build_wheel(str(folder), {})
        return (folder / built / "METADATA").read_bytes()
    with zipfile.ZipFile(folder / backend.build_wheel(str(folder), {}, None)) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return wheel.read(name)


def _place(wheel: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    parts = member.filename.split("/")
    if ".." in parts or parts[0] == "":
        return
    content = wheel.read(member)
    executable = bool((member.external_attr >> 16) & 0o100)
    if parts[0].endswith(".data") and len(parts) > 2:
        kind, parts = parts[1], parts[2:]
        if kind == "headers":
            return
        if kind == "scripts":
            parts, executable = ["bin", parts[-1]], True
            if content.startswith(b"#!python"):
                content = b"#!" + sys.executable.encode() + b"\n" + content.partition(b"\n")[2]
    _write(target.joinpath(*parts), content, 0o755 if executable else 0o644)


def _console_scripts(target: Path) -> list[tuple[str, str, str]]:
    """Name, module and attribute of every script that an entry point asks for."""
    found = []
    for path in target.glob("*.dist-info/entry_points.txt"):
        parser = RawConfigParser(delimiters=("=",), strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of scripts keep their case
        parser.read(path, encoding="utf-8")
        for section in ("console_scripts", "gui_scripts"):
            for name, value in parser.items(section) if parser.has_section(section) else ():
                module, colon, attribute = value.partition("[")[0].strip().partition(":")
                if colon:
                    found.append((name, module, attribute))
    return found


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def guarded(arguments: list[str]) -> int:
    """The exit code of `main`; a backend that raises, or exits with an error, is `BACKEND_FAILED`."""
    try:
        return main(arguments)
    except SystemExit as error:
        return BACKEND_FAILED if error.code else 0
    except BaseException as error:  # noqa: BLE001 - whatever a backend raises is its failure
        traceback.print_exc()
        _say(f"the build failed: {type(error).__name__}: {str(error)[:500]}")
        return BACKEND_FAILED


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
