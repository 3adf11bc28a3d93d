"""The census: which tests there are, read from the source before anything of it runs.

It follows stock pytest's rules over the syntax tree. A test that is certain (defined plainly, not
under a condition) must be reported later; whatever only running could tell is left out of it.
"""

import fnmatch
import hashlib
import posixpath
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from jobtwin.source.tree import Tree
from jobtwin.verification.f1.module_reader import BrokenModule, FoundTest, read_module
from jobtwin.verification.f1.pytest_config import STOCK, PytestConfig, glob_matches

MAX_MODULE_BYTES = 2_000_000


@dataclass(frozen=True)
class Patterns:
    """Which files and names pytest is told to collect, and from where (`arguments`, below `folder`)."""

    folder: str
    arguments: tuple[str, ...]
    python_files: tuple[str, ...]
    python_classes: tuple[str, ...]
    python_functions: tuple[str, ...]
    norecursedirs: tuple[str, ...]


@dataclass(frozen=True)
class Census:
    """Tests by node id (relative to `patterns.folder`), the modules that hold them, and what is odd.

    `sources` are digests of the modules by their node id, SHA-256 in hex.
    `elsewhere` counts certain tests by file that stock pytest would collect but the project's own
    settings leave out; `undone` says in a sentence which settings were not followed.
    """

    patterns: Patterns
    tests: tuple[FoundTest, ...] = ()
    modules: tuple[str, ...] = ()
    broken: tuple[BrokenModule, ...] = ()
    elsewhere: dict[str, int] = field(default_factory=dict)
    undone: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def certain(self) -> tuple[str, ...]:
        """Node ids that must be reported."""
        return tuple(test.nodeid for test in self.tests if test.certain)


def take_census(tree: Tree, config: PytestConfig, *, subfolder: str = "") -> Census:
    """Parse the test modules of a tree. Never raises for what a submission holds."""
    files = [entry.path for entry in tree.entries() if entry.path.endswith(".py") and entry.mode != "120000"]
    stock = _collect(tree, _patterns(config, subfolder, files, stock=True), files)
    own = _collect(tree, _patterns(config, subfolder, files, stock=False), files)
    if not own.certain and not own.broken and (stock.certain or stock.broken):
        where = ", ".join(sorted(set(config.options) & set(STOCK))) or "the settings"
        said = f"{where} in {config.file} would leave no test: stock settings were used"
        return replace(stock, undone=(said,))
    known = set(own.modules)
    elsewhere = {path: 0 for path in stock.modules if path not in known}
    for test in stock.tests:
        if test.certain and test.path in elsewhere:
            elsewhere[test.path] += 1
    return replace(own, elsewhere={path: n for path, n in elsewhere.items() if n})


def _patterns(config: PytestConfig, subfolder: str, files: list[str], *, stock: bool) -> Patterns:
    """Names of classes and functions can only be added to; places and files are the project's to say."""
    base = f"{config.folder}/" if config.folder else ""
    inside = [path.removeprefix(base) for path in files if path.startswith(base)]
    paths: tuple[str, ...] = ()
    if not stock and subfolder == config.folder:
        paths = _existing(config.words("testpaths"), inside)
    start = posixpath.relpath(subfolder or ".", config.folder or ".")
    return Patterns(
        folder=config.folder,
        arguments=paths or (start,),
        python_files=STOCK["python_files"] if stock else config.words("python_files"),
        python_classes=_joined(STOCK["python_classes"], config.words("python_classes")),
        python_functions=_joined(STOCK["python_functions"], config.words("python_functions")),
        norecursedirs=STOCK["norecursedirs"] if stock else config.words("norecursedirs"),
    )


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


def _existing(testpaths: Iterable[str], files: list[str]) -> tuple[str, ...]:
    """The files and folders that testpaths name, as pytest's globbing finds them."""
    places = set(files)
    for path in files:
        parts = path.split("/")[:-1]
        places.update("/".join(parts[: end + 1]) for end in range(len(parts)))
    found: list[str] = []
    for pattern in testpaths:
        plain = posixpath.normpath(pattern)
        if plain == ".":
            found.append(".")
        elif not plain.startswith(("/", "..")):
            found += sorted(place for place in places if glob_matches(plain, place))
    return tuple(dict.fromkeys(found))


def _collect(tree: Tree, patterns: Patterns, files: list[str]) -> Census:
    environments = {
        posixpath.dirname(entry.path) for entry in tree.entries() if entry.path.endswith("pyvenv.cfg")
    }
    tests: list[FoundTest] = []
    modules: list[str] = []
    broken: list[BrokenModule] = []
    sources: dict[str, str] = {}
    for path in files:
        if not is_collected(path, patterns, environments):
            continue
        modules.append(path)
        content = tree.read(path) or b""
        nodeid = posixpath.relpath(path, patterns.folder or ".")
        sources[nodeid] = hashlib.sha256(content).hexdigest()
        if len(content) > MAX_MODULE_BYTES:
            broken.append(BrokenModule(path, 0, "the file is too large to read", newer=False))
            continue
        found = read_module(
            content,
            path=path,
            nodeid=nodeid,
            classes=patterns.python_classes,
            functions=patterns.python_functions,
        )
        if isinstance(found, BrokenModule):
            broken.append(found)
        else:
            tests += found
    return Census(patterns, tuple(tests), tuple(modules), tuple(broken), sources=sources)


def is_collected(path: str, patterns: Patterns, environments: Collection[str] = ()) -> bool:
    """Whether pytest would take the file for a test module; `environments` are virtual environments."""
    for argument in patterns.arguments:
        top = posixpath.normpath(posixpath.join(patterns.folder, argument))
        if path == top:
            return True
        below = path if top == "." else path.removeprefix(f"{top}/")
        if top != "." and below == path:
            continue
        *folders, name = below.split("/")
        at = "" if top == "." else top
        if any(
            _is_left_out(folder, at, folders[:index], patterns, environments)
            for index, folder in enumerate(folders)
        ):
            continue
        if any(_fits(pattern, path, name) for pattern in patterns.python_files):
            return True
    return False


def _is_left_out(
    folder: str, at: str, above: list[str], patterns: Patterns, environments: Collection[str]
) -> bool:
    whole = posixpath.join(at, *above, folder)
    if folder == "__pycache__" or whole in environments:
        return True
    return any(_fits(pattern, whole, folder) for pattern in patterns.norecursedirs)


def _fits(pattern: str, whole: str, name: str) -> bool:
    """pytest's rule: a pattern without a slash is held against the name, else against the path's end."""
    if "/" not in pattern:
        return fnmatch.fnmatch(name, pattern)
    return fnmatch.fnmatch(f"/{whole}", pattern if pattern.startswith("/") else f"*/{pattern}")
