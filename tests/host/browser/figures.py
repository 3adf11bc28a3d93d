"""What a page weighs and how fast it is painted, by the browser's own performance API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAX_BYTES = 100_000
"""Without pictures: what the page itself, its styles and its scripts come to on their way."""

_ASKED = """async (wait) => {
  const [page] = performance.getEntriesByType("navigation");
  const parts = performance.getEntriesByType("resource");
  const observed = (type) => new Promise((told) => {
    new PerformanceObserver((list) => told(list.getEntries())).observe({type, buffered: true});
    setTimeout(() => told([]), wait);
  });
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  if (wait) {
    await frame();
    await frame();
  }
  const shifts = await observed("layout-shift");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return {
    bytes: [page, ...parts.filter((one) => one.initiatorType !== "img")]
      .reduce((sum, one) => sum + one.encodedBodySize, 0),
    requests: 1 + parts.length,
    elsewhere: parts.map((one) => new URL(one.name).origin).filter((one) => one !== location.origin),
    answered: page.responseEnd,
    painted: paint ? paint.startTime : null,
    shifted: shifts.reduce((sum, one) => sum + one.value, 0),
  };
}"""


@dataclass(frozen=True)
class Figures:
    """Bytes without pictures, requests, origins of others; milliseconds until the answer was there and until
    something was painted; cumulative layout shift."""

    bytes: int
    requests: int
    elsewhere: list[str]
    answered: float
    painted: float | None
    shifted: float

    def problems(self) -> list[str]:
        """What no page may do, whatever the machine is busy with."""
        found = [f"weighs {self.bytes} bytes without pictures"] if self.bytes > MAX_BYTES else []
        return found + [f"asks {origin}" for origin in self.elsewhere]


def figures(page: "Page", *, wait: int = 0) -> Figures:
    """The figures of the page that is open, with what is painted and shifted within `wait` milliseconds."""
    return Figures(**page.evaluate(_ASKED, wait))


def table(rows: Iterable[tuple[str, Figures]]) -> str:
    """A row a page, as Markdown."""
    lines = [
        "| page | kB without pictures | requests | answered after ms | first paint after ms | layout shift |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in rows:
        painted = "-" if one.painted is None else f"{one.painted:.0f}"
        cells = (
            f"{one.bytes / 1000:.0f}",
            one.requests,
            f"{one.answered:.0f}",
            painted,
            f"{one.shifted:.3f}",
        )
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, ""])
