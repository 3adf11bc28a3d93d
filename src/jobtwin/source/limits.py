"""Limits of what a submission may be. Every one has a default and a sentence for who meets it."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What fetching and reading a submission may cost.

    `seconds` is wall time for all git commands of one fetch, `ask_seconds` for asking a host which
    commit it has. `pack_bytes` bounds what travels (compressed), `files` counts files, links and
    folders, `file_bytes` and `total_bytes` what they hold, `depth` the steps of a path and
    `path_bytes` its UTF-8. `memory_bytes` bounds git's address space.
    """

    seconds: float = 120.0
    ask_seconds: float = 20.0
    pack_bytes: int = 200 * MEBIBYTE
    files: int = 20_000
    file_bytes: int = 25 * MEBIBYTE
    total_bytes: int = 500 * MEBIBYTE
    depth: int = 40
    path_bytes: int = 1000
    memory_bytes: int = 1024 * MEBIBYTE


DEFAULT_LIMITS = FetchLimits()
