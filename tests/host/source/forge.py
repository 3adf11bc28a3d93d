"""Forges repositories object by object, so that they can hold what git itself would never write."""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TreeItem = tuple[str, bytes, str]
"""Mode, raw name and object id of one entry of a tree."""

FILE, PROGRAM, LINK, FOLDER, SUBMODULE = "100644", "100755", "120000", "40000", "160000"


@dataclass(frozen=True)
class Forge:
    """A bare or plain repository below `root`, written without git: loose objects, HEAD and one branch."""

    root: Path
    bare: bool = False
    algorithm: str = "sha1"

    @property
    def git_dir(self) -> Path:
        return self.root if self.bare else self.root / ".git"

    def create(self) -> "Forge":
        for folder in ("objects", "refs/heads"):
            (self.git_dir / folder).mkdir(parents=True)
        (self.git_dir / "HEAD").write_text("ref: refs/heads/main\n")
        config = f"[core]\n\trepositoryformatversion = 0\n\tbare = {str(self.bare).lower()}\n"
        if self.algorithm == "sha256":
            config = config.replace("= 0", "= 1") + "[extensions]\n\tobjectFormat = sha256\n"
        (self.git_dir / "config").write_text(config)
        return self

    def put(self, kind: str, content: bytes) -> str:
        """Store an object as it is and return its id."""
        whole = f"{kind} {len(content)}".encode() + b"\0" + content
        name = hashlib.new(self.algorithm, whole).hexdigest()
        path = self.git_dir / "objects" / name[:2] / name[2:]
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(zlib.compress(whole, 1))
        return name

    def blob(self, content: bytes) -> str:
        return self.put("blob", content)

    def tree(self, items: Iterable[TreeItem]) -> str:
        """A tree with its entries in git's order, whatever they are called."""
        ordered = sorted(items, key=lambda item: item[1] + (b"/" if item[0] == FOLDER else b""))
        return self.put(
            "tree",
            b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in ordered),
        )

    def commit(self, tree: str, *, parents: Iterable[str] = (), when: str = "1700000000 +0000") -> str:
        """A commit of `tree`, to which the branch and so HEAD is moved."""
        lines = [f"tree {tree}", *(f"parent {one}" for one in parents)]
        lines += [f"{role} Ada <ada@example.org> {when}" for role in ("author", "committer")]
        oid = self.put("commit", ("\n".join(lines) + "\n\nwork\n").encode())
        self.point(oid)
        return oid

    def point(self, oid: str) -> None:
        (self.git_dir / "refs/heads/main").write_text(oid + "\n")

    def commit_files(self, files: Mapping[str, bytes], *, parents: Iterable[str] = ()) -> str:
        """A commit of files at the top of the tree."""
        items = [(FILE, name.encode(), self.blob(content)) for name, content in files.items()]
        return self.commit(self.tree(items), parents=parents)


def incompressible(size: int) -> bytes:
    """Bytes that look random and are the same every time."""
    blocks = (hashlib.sha256(struct.pack(">Q", number)).digest() for number in range(size // 32 + 1))
    return b"".join(blocks)[:size]
