"""Scheduled updates of dependencies: a folder that is not there is watched by nobody."""

from jobtwin.review.files import Files
from jobtwin.review.structure import Node


def watches_something(path: str, updates: Node, files: Files) -> bool:
    """False for a Dependabot file of whose folders none is in the tree; true for any other file."""
    if any(
        where and where[-1] in _LIMITS and (node.text or "").strip() == "0" for where, node in updates.walk()
    ):
        return False
    if "dependabot" not in path.rpartition("/")[2]:
        return True
    named = [node.text for where, node in updates.walk() if where and where[-1] in _FOLDERS and node.text]
    return not named or any(_is_there(folder, files) for folder in named)


_LIMITS = ("open-pull-requests-limit", "prConcurrentLimit")


def switched_off(root: Node) -> bool:
    """True for a configuration that says of itself that it is off (`enabled: false`)."""
    said = root.keys.get("enabled")
    return said is not None and (said.text or "").lower() == "false"


_FOLDERS = ("directory", "directories")


def _is_there(folder: str, files: Files) -> bool:
    plain = folder.strip().strip("/").removeprefix("./")
    return plain in {"", "."} or "*" in plain or files.has_folder(plain)
