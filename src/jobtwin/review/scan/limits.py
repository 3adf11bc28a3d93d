"""Limits of a scan: hostile input costs bounded time and memory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """What a scan reads. What lies behind a limit is listed with a note, never silently left out.

    Bytes of one file and of all files, files of a folder, steps of a path, characters of one line, decoded
    blobs of a file, pieces read of a file, pieces after which a flagged file is read no further, spans shown
    of a file, and bytes of one line of JSONL.
    """

    max_file_bytes: int = 1024 * 1024
    max_total_bytes: int = 512 * 1024 * 1024
    max_files: int = 200_000
    max_depth: int = 100
    max_line: int = 20_000
    max_blobs: int = 200
    max_pieces: int = 6000
    max_flagged_pieces: int = 100
    max_spans: int = 20
    max_jsonl_line: int = 4 * 1024 * 1024
