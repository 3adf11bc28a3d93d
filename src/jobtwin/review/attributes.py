"""`.gitattributes` of the root: folders that a repository itself says are not its own work.

`linguist-vendored` is what hosts of repositories read for the same purpose. Whole folders alone count: a
single file (a loose list of requirements beside a pinned one) cannot be taken out of sight.
"""

import re

MAX_LINES = 1000
_FOLDER = re.compile(r"/?((?:[^*?\[\]\s\"!\\/]+/)+)\*\*")
_SAYS = {"linguist-vendored": True, "linguist-vendored=true": True}
_UNSAYS = {"-linguist-vendored": False, "!linguist-vendored": False, "linguist-vendored=false": False}


def folders_of_others(lines: list[str]) -> tuple[str, ...]:
    """Folders (`samples/`) that lines like `samples/** linguist-vendored` name; the last word wins."""
    said: dict[str, bool] = {}
    for line in lines[:MAX_LINES]:
        pattern, *attributes = line[:MAX_LINES].split() or [""]
        folder = _FOLDER.fullmatch(pattern)
        for word in attributes if folder else ():
            if folder and word in _SAYS | _UNSAYS:
                said[folder[1]] = word in _SAYS
    return tuple(folder for folder, others in said.items() if others)
