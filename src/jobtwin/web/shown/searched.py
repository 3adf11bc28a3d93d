"""Searching the pinned commit: names of files and lines that hold a text, within limits."""

from dataclasses import dataclass

from django.utils.translation import gettext

from jobtwin.core.evidence import lines_of
from jobtwin.source.tree import Tree
from jobtwin.web.shown.evidence import MAX_FILE_BYTES
from jobtwin.web.shown.text import shortened

MIN_QUERY, MAX_QUERY = 2, 200
MAX_READ = 32 * 1024 * 1024
MAX_HITS = 200
MAX_HITS_A_FILE = 20
MAX_SHOWN_LINE = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that holds the text; line 0 where the file's name does."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, and a sentence where a limit ended the search (or the text cannot be searched for)."""

    query: str
    hits: list[Hit]
    sentence: str = ""


def search_tree(tree: Tree, query: str) -> Search:
    """Files whose name holds `query`, then lines that do; capital letters do not count. No patterns.

    Reads files of up to MAX_FILE_BYTES in the order of their paths until MAX_READ bytes or MAX_HITS hits.
    """
    if not MIN_QUERY <= len(query) <= MAX_QUERY:
        return Search(
            query,
            [],
            gettext("Search for {least} to {most} characters.").format(least=MIN_QUERY, most=MAX_QUERY),
        )
    wanted = query.casefold()
    hits = [Hit(one.path, 0, "") for one in tree.entries() if wanted in one.path.casefold()][:MAX_HITS]
    read, skipped = 0, 0
    for entry in tree.entries():
        if entry.size > MAX_FILE_BYTES:
            skipped += 1
            continue
        read += entry.size
        if read > MAX_READ or len(hits) >= MAX_HITS:
            return Search(
                query, hits[:MAX_HITS], gettext("There is more: this is where the limits of a search end.")
            )
        hits += _lines(entry.path, tree.read(entry.path) or b"", wanted)
    left = (
        gettext("{number} files over {most} bytes were not searched.").format(
            number=skipped, most=MAX_FILE_BYTES
        )
        if skipped
        else ""
    )
    return Search(query, hits[:MAX_HITS], left)


def _lines(path: str, content: bytes, wanted: str) -> list[Hit]:
    if b"\0" in content[:8000] or wanted not in content.decode("utf-8", errors="replace").casefold():
        return []
    found = [
        Hit(path, number, shortened(line.strip(), MAX_SHOWN_LINE))
        for number, line in enumerate(lines_of(content), 1)
        if wanted in line.casefold()
    ]
    return found[:MAX_HITS_A_FILE]
