"""What a refused fetch leaves: a code, and no folder. And trees nested as deep as wanted."""

from pathlib import Path

import pytest

from jobtwin.core.errors import BadSource
from jobtwin.source.address import Source
from jobtwin.source.limits import FetchLimits
from jobtwin.source.repository import fetch
from tests.host.source.forge import FILE, FOLDER, Forge

SMALL = FetchLimits(files=50, file_bytes=5000, total_bytes=12_000, depth=5, path_bytes=100)


def refused(source: Source, into: Path, limits: FetchLimits = SMALL) -> str:
    with pytest.raises(BadSource) as caught:
        fetch(source, into=into, limits=limits)
    assert not into.exists()
    return caught.value.code


def nested(forge: Forge, depth: int, name: bytes = b"d") -> str:
    oid = forge.tree([(FILE, b"f", forge.blob(b"x"))])
    for _ in range(depth):
        oid = forge.tree([(FOLDER, name, oid)])
    return oid
