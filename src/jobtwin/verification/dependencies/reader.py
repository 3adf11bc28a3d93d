"""Bounded reading of a submission's manifests: bytes of a tree, never a working directory."""

import codecs
import configparser
import json
import posixpath
import tomllib
from collections.abc import Iterable

from jobtwin.source.tree import Tree
from jobtwin.verification.dependencies.plan import ManifestLimits, Refusal

LINK_MODE = "120000"
MAX_LINK_HOPS = 5
MAX_TOML_KEY_COST = 20_000_000
MAX_INI_LINE_COST = 100_000_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Reader:
    """Reads manifests and collects what was read and what was refused."""

    def __init__(self, tree: Tree, limits: ManifestLimits) -> None:
        self.tree = tree
        self.limits = limits
        self.refusals: list[Refusal] = []
        self.files_read: list[str] = []
        self._entries = {entry.path: entry for entry in tree.entries()}
        self._texts: dict[str, str | None] = {}

    def refuse(self, sentence: str, path: str, line: int = 0) -> None:
        """Keeps a refusal, up to the limit; beyond it only the last sentence changes."""
        refusal = Refusal(sentence, shown(path), line)
        if len(self.refusals) < self.limits.refusals and refusal not in self.refusals:
            self.refusals.append(refusal)

    def has(self, path: str) -> bool:
        return path in self._entries

    def paths(self) -> Iterable[str]:
        return self._entries.keys()

    def text(self, path: str, *, lock: bool = False) -> str | None:
        """The text of a file, or None where it is missing or refused (a refusal then stands)."""
        if path not in self._texts:
            self._texts[path] = self._text(path, lock=lock)
        return self._texts[path]

    def _text(self, path: str, *, lock: bool) -> str | None:
        target = self.follow(path)
        if target is None:
            return None
        allowed = self.limits.lock_bytes if lock else self.limits.manifest_bytes
        if self._entries[target].size > allowed:
            self.refuse(f"the file is larger than {allowed} bytes", path)
            return None
        if len(self.files_read) >= self.limits.files:
            self.refuse(f"more than {self.limits.files} requirement files", path)
            return None
        self.files_read.append(path)
        return self._decode(self.tree.read(target) or b"", path)

    def toml(self, path: str, *, lock: bool = False) -> dict[str, object] | None:
        """A parsed TOML file, or None where it is missing or refused."""
        text = self.text(path, lock=lock)
        if text is None:
            return None
        # Nested keys cost tomllib quadratic time: a.a.a.a… in one long line must not stop the worker.
        if sum(line.count(".") ** 2 for line in text.split("\n")) > MAX_TOML_KEY_COST:
            self.refuse("the file holds too many dotted keys", path)
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.refuse(f"not valid TOML: {shown(str(error))}", path)
        except (RecursionError, ValueError):
            self.refuse("not valid TOML: nested too deeply or a number too long", path)
        return None

    def json(self, path: str) -> dict[str, object] | None:
        """A parsed JSON object, or None where it is missing or refused."""
        text = self.text(path, lock=True)
        if text is None:
            return None
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            self.refuse("not valid JSON", path)
            return None
        if not isinstance(document, dict):
            self.refuse("not a JSON object", path)
            return None
        return document

    def ini(self, path: str) -> configparser.RawConfigParser | None:
        """A parsed ini file without interpolation, or None where it is missing or refused."""
        text = self.text(path)
        if text is None:
            return None
        # The parser's own pattern costs quadratic time on a long line of blanks.
        if sum(len(line) ** 2 for line in text.split("\n")) > MAX_INI_LINE_COST:
            self.refuse("the file holds lines that are too long", path)
            return None
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(text)
        except configparser.Error as error:
            self.refuse(f"not a valid ini file: {shown(str(error))}", path)
            return None
        return parser

    def follow(self, path: str) -> str | None:
        """The regular file that a path stands for; links are followed inside the tree only."""
        current = path
        for _ in range(MAX_LINK_HOPS):
            entry = self._entries.get(current)
            if entry is None:
                if current != path:
                    self.refuse("the link leads to nothing in the repository", path)
                return None
            if entry.mode != LINK_MODE:
                return current
            raw = (self.tree.read(current) or b"")[:4096].decode("utf-8", errors="replace")
            target = inside(posixpath.dirname(current), raw)
            if target is None:
                self.refuse("the link leads out of the repository", path)
                return None
            current = target
        self.refuse("the link leads to further links", path)
        return None

    def _decode(self, content: bytes, path: str) -> str | None:
        for bom, encoding in _BOMS:
            if content.startswith(bom):
                content, codec = content[len(bom) :], encoding
                break
        else:
            codec = "utf-8"
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            self.refuse("the file is not UTF-8 text", path)
            return None
        if "\0" in text:
            self.refuse("the file holds null bytes", path)
            return None
        return text.replace("\r\n", "\n").replace("\r", "\n")


def inside(folder: str, path: str) -> str | None:
    """`path` as seen from `folder`, normalised; None where it is absolute or leaves the tree."""
    if not path or path.startswith(("/", "\\", "~")) or "\0" in path or "\\" in path or ":" in path:
        return None
    joined = posixpath.normpath(posixpath.join(folder, path))
    if joined == ".." or joined.startswith(("../", "/")):
        return None
    return "" if joined == "." else joined


def shown(text: str, length: int = 200) -> str:
    """A submission's text for a sentence: one line, printable ASCII where possible, cut to `length`."""
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
