"""Pictures, notebooks and searches of a stranger's files: bounded, and text unless plain pictures."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.source.tree import MemoryTree
from jobtwin.web.shown.notebook import MAX_CELLS, notebook_of
from jobtwin.web.shown.picture import Raster, raster_of
from jobtwin.web.shown.searched import MAX_HITS, search_tree

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08" + struct.pack(">HH", 30, 40)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PNG + struct.pack(">II", 7, 5), Raster("image/png", 7, 5)),
        (b"GIF89a" + struct.pack("<HH", 7, 5), Raster("image/gif", 7, 5)),
        (JPEG, Raster("image/jpeg", 40, 30)),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x06\0\0\x04\0\0", Raster("image/webp", 7, 5)),
        (b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + struct.pack("<I", 6 | 4 << 14), Raster("image/webp", 7, 5)),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 7, 5), Raster("image/webp", 7, 5)),
        (PNG + struct.pack(">II", 50_000, 50_000), None),
        (PNG + struct.pack(">II", 0, 5), None),
        (PNG[:12] + b"<html><script>alert(1)</script>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"\xff\xd8\xff", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_bytes_and_bounded(content: bytes, found: Raster | None) -> None:
    assert raster_of(content) == found


@given(st.sampled_from([PNG, JPEG, b"\xff\xd8", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X"]), st.binary(max_size=60))
def test_no_bytes_break_the_reading_of_a_picture(start: bytes, rest: bytes) -> None:
    found = raster_of(start[: len(rest)] + rest)
    assert found is None or found.width * found.height > 0


@pytest.mark.parametrize("content", [b"[1]", b"{}", b'{"cells": 7}', b"\xff", b"[" * 5000, b'{"cells": [1]}'])
def test_what_is_no_notebook_is_shown_as_lines_or_without_cells(content: bytes) -> None:
    found = notebook_of(content)
    assert found is None or found.cells == []


def test_a_long_notebook_is_cut_and_odd_cells_stay_text() -> None:
    cell = {
        "cell_type": "<b>",
        "source": 7,
        "outputs": [{"output_type": "error", "ename": "E", "evalue": "v"}, 3],
    }
    found = notebook_of(json.dumps({"cells": [cell] * (MAX_CELLS + 1)}).encode())
    assert found is not None
    assert (len(found.cells), found.total) == (MAX_CELLS, MAX_CELLS + 1)
    assert (found.cells[0].kind, found.cells[0].source) == ("unknown", "")
    assert [one.text for one in found.cells[0].outputs] == ["E: v"]


def test_a_search_finds_names_and_lines_and_ends_at_its_limits() -> None:
    tree = MemoryTree({"Rate.py": b"limit = 1\n", "b.md": b"No RATE\nnone\n", "c.bin": b"rate\0"})
    assert [(hit.path, hit.line) for hit in search_tree(tree, "rate").hits] == [("Rate.py", 0), ("b.md", 1)]
    many = MemoryTree({f"{number:03}.txt": b"rate\n" * 50 for number in range(30)})
    found = search_tree(many, "rate")
    assert len(found.hits) == MAX_HITS
    assert "limits" in found.sentence
