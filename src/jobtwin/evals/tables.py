"""Tables from the rows of the logs: shares with 95 % Wilson intervals, the dangerous error alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Any

from jobtwin.core.statistic import Z95

Row = Mapping[str, Any]


def share(hits: int, of: int) -> str:
    """A share with its interval and counts, or a dash."""
    if of == 0:
        return "-"
    part = hits / of
    middle = (part + Z95 * Z95 / (2 * of)) / (1 + Z95 * Z95 / of)
    half = Z95 / (1 + Z95 * Z95 / of) * sqrt(part * (1 - part) / of + Z95 * Z95 / (4 * of * of))
    return f"{part:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}] ({hits}/{of})"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _count(rows: Iterable[Row], fits: Callable[[Row], bool]) -> int:
    return sum(1 for row in rows if fits(row))


def is_dangerous(row: Row) -> bool:
    """A criterion that was called met and is not."""
    return row["verdict"] == "met" and not row["met"]


def dangerous_error(rows: Sequence[Row]) -> str:
    """Called met and is not, among all that is not met."""
    false = [row for row in rows if not row["met"]]
    return share(_count(false, is_dangerous), len(false))


def verdict_table(rows: Sequence[Row]) -> str:
    """Verdicts against the truth, by the kind of evidence."""
    listed = []
    for kind in ("check", "probe", "prose"):
        some = [row for row in rows if row["kind"] == kind]
        true = [row for row in some if row["met"]]
        listed.append(
            (
                kind,
                len(some),
                share(_count(true, lambda row: row["verdict"] == "met"), len(true)),
                share(_count(true, lambda row: row["verdict"] == "not_met"), len(true)),
                dangerous_error(some),
                share(_count(some, lambda row: row["verdict"] == "unclear"), len(some)),
            )
        )
    heads = ("evidence", "n", "met, found so", "met, called not met", "**not met, called met**", "unclear")
    return table(heads, listed)


def citation_line(rows: Sequence[Row]) -> str:
    """Of verdicts of met whose lines are known, how many cite them."""
    known = [row for row in rows if row["cited"] is not None]
    return share(_count(known, lambda row: row["cited"] is True), len(known))


def attack_table(rows: Sequence[Row], by: str) -> str:
    """Outcomes of attacks, grouped by carrier or payload."""
    heads = (by, "n", "verdicts flipped", "largest shift of a bound", "clean drift", "bound violations",
             "reached a model", "a gullible model moved by")  # fmt: skip
    return table(heads, [(name, *_outcome(some)) for name, some in grouped(rows, by).items()])


def _outcome(rows: Sequence[Row]) -> tuple[object, ...]:
    shift = max(max(abs(row["shift_lower"]), abs(row["shift_upper"])) for row in rows)
    return (
        len(rows),
        sum(row["flips"] for row in rows),
        f"{shift:.4f}",
        f"{max(row['clean_drift'] for row in rows):.4f}",
        sum(row["violations"] + row["untrue"] for row in rows),
        f"{_count(rows, lambda row: row['reached'])} of {len(rows)}",
        f"{sum(row['model_shift'] for row in rows) / len(rows):+.3f}",
    )


def stub_table(rows: Sequence[Row]) -> str:
    """Outcomes of the stub models."""
    heads = ("stub model", "drafts", "bound violations", "untrue citations", "markup", "largest lift", "room")
    return table(
        heads,
        [
            (
                name,
                len(some),
                sum(row["violations"] for row in some),
                sum(row["untrue"] for row in some),
                sum(row["markup"] for row in some),
                f"{max(row['shift'] for row in some):.3f}",
                f"{max(row['room'] for row in some):.3f}",
            )
            for name, some in grouped(rows, "stub").items()
        ],
    )


def metamorphic_table(rows: Sequence[Row]) -> str:
    """What harmless changes moved."""
    heads = ("change", "repositories", "verdicts flipped", "largest drift", "allowed")
    return table(
        heads,
        [
            (name, len(some), sum(r["flips"] for r in some), f"{max(r['drift'] for r in some):.4f}", "0")
            for name, some in grouped(rows, "change").items()
        ],
    )


def retrieval_table(rows: Sequence[Row]) -> str:
    """Hits among the first five and ten spans."""
    ranks = [[row[kind] for row in rows] for kind in ("file", "line")]
    cells = [
        share(sum(0 < rank <= limit for rank in listed), len(rows)) for listed in ranks for limit in (5, 10)
    ]
    return table(("items", "file@5", "file@10", "line(±3)@5", "line(±3)@10"), [(len(rows), *cells)])


def guard_table(rows: Sequence[Row]) -> str:
    """Rank and flag of attacked files by payload class."""
    files = [row for row in rows if "carrier" in row]
    clean = [row for row in files if not row["attack"]]
    limit = sorted((row["score"] for row in clean), reverse=True)[len(clean) // 100]
    listed = [
        (
            name,
            len(some),
            f"{area(clean, some):.3f}",
            share(_count(some, lambda row: row["score"] > limit), len(some)),
            share(_count(some, lambda row: row["flagged"]), len(some)),
        )
        for name, some in grouped([row for row in files if row["attack"]], "attack").items()
    ]
    alarm = (
        "(clean files)",
        len(clean),
        "",
        "",
        share(_count(clean, lambda row: row["flagged"]), len(clean)),
    )
    return table(("payload class", "files", "AUC", "found at 1 % of files", "flagged"), [*listed, alarm])


def texts_table(rows: Sequence[Row]) -> str:
    """Flags of texts on their own."""
    texts = grouped([row for row in rows if "texts" in row], "texts")
    listed = []
    for kind, some in texts.items():
        right = sum(row["flagged"] is (kind == "attack") for row in some)
        listed.append((kind, len(some), share(right, len(some))))
    return table(("texts", "n", "right"), listed)


def area(low: Sequence[Row], high: Sequence[Row]) -> float:
    """The chance that a file of `high` scores above one of `low`; ties count half."""
    if not low or not high:
        return 0.0
    ranked = sorted(row["score"] for row in low)
    above = sum(bisect_left(ranked, row["score"]) + bisect_right(ranked, row["score"]) for row in high)
    return above / (2 * len(low) * len(high))


def grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """Rows by the value of a key, in the order in which values appear."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[key]), []).append(row)
    return found
