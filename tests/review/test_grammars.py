"""Grammars of other languages: units where they begin, bounds that count, and the fallback behind them."""

import pytest

from jobtwin.core.evidence import lines_of
from jobtwin.review import grammars
from jobtwin.review.cells import cells_of
from jobtwin.review.grammars import units_of
from jobtwin.review.index import EvidenceIndex
from jobtwin.review.kinds import kind_of
from tests.review.trees import tree

JAVASCRIPT = """\
import { app } from './app.js'

/** Holds callers to a limit. */
export const limitRequests = async (request) => {
  return request
}

app.get('/orders/:id', (request, answer) => {
  answer.send(find(request.params.id))
})

class Depot {
  close() {
    this.open = false
  }
}
start()
"""
GO = """\
package depot

// Close stops taking orders.
func (d *Depot) Close() error {
\treturn d.queue.Drain()
}

type Depot struct {
\tqueue Queue
}
"""
RUST = """\
#[derive(Debug)]
pub struct Depot {
    open: bool,
}

impl Drop for Depot {
    fn drop(&mut self) {
        self.close();
    }
}
"""
JAVA = """\
class Depot {
  @Override
  public void close() {
    queue.drain();
  }
}
"""
TYPESCRIPT = """\
export interface Order {
  id: string
}

describe("orders", () => {
  it("are refused when late", async () => {
    expect(await send()).toBe(409)
  })
})
"""


@pytest.mark.parametrize(
    ("path", "text", "marks"),
    [
        (
            "a.js",
            JAVASCRIPT,
            [
                (3, "limitRequests"),
                (8, "app.get '/orders/:id'"),
                (12, "Depot"),
                (13, "Depot close"),
                (17, ""),
            ],
        ),
        ("a.go", GO, [(3, "(d *Depot) Close"), (8, "Depot")]),
        ("a.rs", RUST, [(1, "Depot"), (6, "Drop Depot"), (7, "Drop Depot drop")]),
        ("a.java", JAVA, [(1, "Depot"), (2, "Depot close")]),
        (
            "a.test.ts",
            TYPESCRIPT,
            [(1, "Order"), (5, 'describe "orders"'), (6, 'describe "orders" it "are refused when late"')],
        ),
    ],
)
def test_units_begin_with_their_comments_and_have_their_names(
    path: str, text: str, marks: list[tuple[int, str]]
) -> None:
    found = units_of(path, lines_of(text.encode()))
    assert found is not None
    assert found.marks == marks


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx", "a.go", "a.rs", "a.java", "a.rb"])
@pytest.mark.parametrize(
    "text",
    [
        "(" * 8_000,
        "[{\n" * 4_000,
        "function f() {\n" * 4_000,
        "a ? b : " * 4_000,
        "`${" * 4_000,
        "\x01\ufffd}{)(\r" * 1_000,
        "/*" * 4_000,
        "",
    ],
    ids=["brackets", "lists", "functions", "questions", "templates", "noise", "comments", "nothing"],
)
def test_hostile_files_become_cells_that_leave_no_line_out(path: str, text: str) -> None:
    lines = lines_of(text.encode())
    covered = [
        n for cell in cells_of(kind_of(path), lines, path=path) for n in range(cell.start, cell.end + 1)
    ]
    assert covered == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("bound", ["MAX_STEPS", "MAX_NODES"])
def test_beyond_a_bound_lines_are_told_apart_by_patterns(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(JAVASCRIPT.encode() * 40)
    assert units_of("a.js", lines) is not None
    monkeypatch.setattr(grammars, bound, 3)
    assert units_of("a.js", lines) is None
    assert {cell.label for cell in cells_of(kind_of("a.js"), lines, path="a.js")} > {"class Depot {"}


def test_a_requirement_finds_the_function_of_another_language_with_its_comment() -> None:
    found = EvidenceIndex.build(tree({"src/depot.go": GO, "src/other.go": "package depot\n"}))
    span = found.search("Stops taking orders when it is closed")[0].span
    assert (span.path, span.line_start) == ("src/depot.go", 1)
    assert span.line_end >= 6
