"""The evidence index: real lines, the same answer every time, and no list filled by one stuffed file."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from jobtwin.core.evidence import MAX_SPAN_LINES, lines_of
from jobtwin.review.cell_index import FileAnalysis, IndexLimits
from jobtwin.review.cells import cells_of
from jobtwin.review.index import EvidenceIndex
from jobtwin.review.kinds import Kind
from jobtwin.review.query import query_terms
from tests.review.trees import HONEST, honest, tree

TRAIN = '''"""Training."""

import torch


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3)


class Trainer:
    def clip(self, model):
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
'''


def first(files: dict[str, str | bytes], text: str) -> tuple[str, int, int]:
    span = EvidenceIndex.build(tree(files)).search(text)[0].span
    return span.path, span.line_start, span.line_end


@pytest.mark.parametrize(
    "text",
    [
        "The learning rate of Adam is 0.001",
        "Adam is used with a learning rate of $10^{-3}$",
        "An optimiser with step size 1e-3",
    ],
)
def test_numbers_and_names_are_found_however_they_are_written(text: str) -> None:
    noise: dict[str, str | bytes] = {
        f"docs/{n}.md": f"# Page {n}\nOther things entirely.\n" for n in range(20)
    }
    path, start, end = first({"train.py": TRAIN, **noise}, text)
    assert path == "train.py"
    assert start <= 7 <= end


def test_what_people_call_it_finds_what_code_calls_it() -> None:
    files: dict[str, str | bytes] = {
        "ci/build.yml": "steps:\n  - run: make image\n",
        "app/web.py": "@limiter.limit('5/minute')\ndef ask():\n    return 1\n",
        "app/other.py": "def other():\n    return 2\n",
    }
    assert first(files, "Callers are held to a rate limit")[0] == "app/web.py"


def test_spans_of_a_notebook_are_lines_of_the_raw_file() -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Results\n"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"output_type": "stream", "text": ["dropout everywhere\n"] * 40}],
            "source": ["import torch\n", "layer = torch.nn.Dropout(p=0.25)\n"],
        },
    ]
    raw = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    span = EvidenceIndex.build(tree({"a.ipynb": raw})).search("dropout with probability 0.25")[0].span
    cited = raw.split("\n")[span.line_start - 1 : span.line_end]
    assert any("Dropout(p=0.25)" in line for line in cited)
    assert not any("everywhere" in line for line in cited)


def test_one_stuffed_file_and_one_stuffed_folder_cannot_fill_the_list() -> None:
    stuffing = "rate limit limiter throttle requests per minute\n" * 500
    files: dict[str, str | bytes] = {f"stuffed/{n}.md": stuffing for n in range(50)}
    files["stuffed.md"] = stuffing
    files["app/web.py"] = "def limit_requests(rate):\n    return rate\n"
    files["lib/other.py"] = "def throttle():\n    return 'limit'\n"
    found = EvidenceIndex.build(tree(files)).search("the rate limit for requests", top=10)
    paths = [hit.span.path for hit in found]
    assert {"app/web.py", "lib/other.py"} <= set(paths)
    assert paths.count("stuffed.md") <= 3


def test_vendored_and_generated_files_come_last() -> None:
    body = "def rate_limit(requests):\n    return requests\n"
    files: dict[str, str | bytes] = {"node_modules/x/a.py": body, "app/z.py": body, "a_pb2.py": body}
    assert first(files, "rate limit for requests")[0] == "app/z.py"


def test_the_same_tree_gives_the_same_answer_with_and_without_a_cache() -> None:
    cache: dict[tuple[str, str], FileAnalysis] = {}
    text = "tickets that are too long are refused"
    answers = {EvidenceIndex.build(honest(), cache=cache).search(text) for _ in range(2)}
    answers.add(EvidenceIndex.build(honest()).search(text))
    assert len(answers) == 1
    assert len(cache) == len(HONEST)


def test_a_search_keeps_to_the_paths_lines_and_number_it_is_given() -> None:
    index = EvidenceIndex.build(honest())
    found = index.search("label of a ticket", top=2, max_lines=5, only=lambda path: path.startswith("app/"))
    assert found
    assert {hit.span.path for hit in found} == {"app/service.py"}
    assert all(hit.span.line_end - hit.span.line_start < MAX_SPAN_LINES for hit in found)
    assert index.search("label of a ticket", top=0) == ()
    assert index.search("") == ()


def test_scores_fall_and_spans_of_a_file_do_not_overlap() -> None:
    long = "\n".join(f"def rule_{n}(ticket):\n    return ticket.label == {n}\n" for n in range(100))
    found = EvidenceIndex.build(tree({"a.py": long})).search("the label rule of a ticket")
    scores = [hit.score for hit in found]
    taken = sorted((hit.span.line_start, hit.span.line_end) for hit in found)
    assert scores == sorted(scores, reverse=True)
    assert all(before[1] < after[0] for before, after in pairwise(taken))


def test_links_are_never_read_as_what_they_point_at() -> None:
    linked = tree({"secret.py": "rate_limit = 5\n"}, **{"secret.py": "120000"})
    assert EvidenceIndex.build(linked).search("rate limit") == ()


def test_a_large_tree_stays_within_its_limits() -> None:
    limits = IndexLimits(max_files=50, max_file_bytes=2000, max_total_bytes=20_000, max_cells_a_file=3)
    files: dict[str, str | bytes] = {f"d{n % 7}/m{n}.py": f"value_{n} = {n}\n" * 60 for n in range(1000)}
    index = EvidenceIndex.build(tree(files), limits=limits)
    assert len(index.cells.paths) <= 50
    assert len(index.cells.cells) <= 150
    assert index.cells.bytes_indexed <= 20_000


def test_own_files_are_read_before_vendored_ones_when_bytes_are_short() -> None:
    files: dict[str, str | bytes] = {"a/node_modules/x.py": "x = 1\n" * 50, "z.py": "label = 1\n" * 30}
    index = EvidenceIndex.build(tree(files), limits=IndexLimits(max_total_bytes=320))
    assert index.cells.paths == ["z.py"]


@pytest.mark.parametrize("kind", [Kind.PYTHON, Kind.MARKDOWN, Kind.CODE, Kind.CONFIG, Kind.OTHER])
def test_cells_cover_every_line_once_and_in_order(kind: Kind) -> None:
    for content in HONEST.values():
        lines = lines_of(content)
        covered = [n for cell in cells_of(kind, lines) for n in range(cell.start, cell.end + 1)]
        assert covered == list(range(1, len(lines) + 1))


def test_a_query_reads_latex_greek_and_grouped_numbers() -> None:
    terms = query_terms("$\\beta_1 = 0.9$, λ and 41,000 iterations of `train_step`")
    assert {"beta", "#0.9", "lambda", "#41000", "trainstep"} <= terms.keys()


def test_files_may_be_analysed_elsewhere_in_any_order() -> None:
    with ThreadPoolExecutor(2) as pool:
        parallel = EvidenceIndex.build(honest(), mapper=pool.map)
    text = "the label of a ticket"
    assert parallel.search(text) == EvidenceIndex.build(honest()).search(text) != ()
