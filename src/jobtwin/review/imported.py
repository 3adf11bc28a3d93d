"""What the code of a service brings in: packages from elsewhere, and the data that something loads."""

import re
import sys

from jobtwin.review.files import Files
from jobtwin.review.kinds import Kind, is_service, is_test, kind_of

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z]\w*)", re.MULTILINE)
_ALIASES = {
    "yaml": "pyyaml", "PIL": "pillow", "sklearn": "scikitlearn", "cv2": "opencv", "dotenv": "pythondotenv",
    "jwt": "pyjwt", "bs4": "beautifulsoup4", "dateutil": "pythondateutil", "git": "gitpython",
    "docx": "pythondocx", "MySQLdb": "mysqlclient", "zmq": "pyzmq", "jose": "pythonjose", "fitz": "pymupdf",
    "OpenSSL": "pyopenssl", "Crypto": "pycryptodome", "magic": "pythonmagic", "skimage": "scikitimage",
}  # fmt: skip
MIN_STEM = 4
MAX_TEXT = 200_000


def packages_imported(files: Files) -> frozenset[str]:
    """Top names of packages that the service imports, neither of the language nor of the tree."""
    python = [path for path in files.matching(("**/*.py",)) if is_service(path)]
    own = {part.removesuffix(".py") for path in python for part in path.split("/")}
    named = {name for path in python for name in _IMPORT.findall("\n".join(files.lines(path)))}
    return frozenset(_plain(_ALIASES.get(name, name)) for name in named - own - sys.stdlib_module_names)


def names_what_is_imported(files: Files, path: str) -> bool:
    """False for a manifest or lock without any of the packages that the service imports."""
    wanted = packages_imported(files)
    text = _plain("\n".join(files.lines(path)))
    return not wanted or any(name in text for name in wanted)


def _plain(text: str) -> str:
    return re.sub(r"[-_.]+", "", text).lower()


def is_loaded(files: Files, path: str) -> bool:
    """True where code or configuration names a data file, its folder or its kind, or where there is none."""
    named = [one for one in files.own if one != path and kind_of(one) in _READERS and not is_test(one)]
    if not any(one.endswith(".py") for one in named):
        return True
    *folders, name = path.split("/")
    stem, _, ending = name.rpartition(".")
    words = [name, f"*.{ending}", *folders[1:], *([stem] if len(stem) >= MIN_STEM else [])]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    return "promptfoo" in name or any(
        pattern.search("\n".join(files.lines(one))[:MAX_TEXT])
        for one in named[: files.limits.max_probe_files]
    )


_READERS = frozenset({Kind.PYTHON, Kind.CODE, Kind.CONFIG, Kind.NOTEBOOK})
