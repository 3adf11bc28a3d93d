"""An exam's result as parts of the product page. Every word of the report is escaped."""

from collections.abc import Iterator, Mapping

from bench.exam.result import BRIEF, Result
from jobtwin.review.inert import inert

NOTHING = "Nothing that code can tell. What only a reader can judge is left open."
_ON_LOOPBACK = (
    "It was reached on this machine, which the development list allows (development_list_used): "
    "it has no public host yet."
)
_CLASSES = {"confirmed": "met", "refuted": "not_met", "inconclusive": "unclear"}


def facts_of(result: Result) -> Iterator[str]:
    """The commit, each check with its question, and what the facts carry of each dimension."""
    commit = inert(str(result.facts["commit"]))
    yield f"<p>Commit <code>{commit}</code>, examined by Job Twin; shown as it is.</p>"
    yield '<ol class="criteria">'
    for check in result.facts["checks"]:
        yield from _check(check)
    yield "</ol><h3>What the facts carry of each dimension, of 1</h3><ul>"
    titles = {one.id: one.title for one in BRIEF.rubric.dimensions}
    for name, said in result.bounds:
        yield f"<li>{inert(titles.get(name, name))}: {inert(said)}</li>"
    yield "</ul>"


def _check(check: Mapping[str, object]) -> Iterator[str]:
    name, verdict = str(check["id"]), str(check["verdict"])
    questions = {one.id: one.question for one in BRIEF.self_checks}
    facts = check.get("facts")
    yield f'<li class="{_CLASSES.get(verdict, "unclear")}"><h3><span class="word">{inert(verdict)}</span> '
    yield f"{inert(questions.get(name, name).replace('`', ''))}</h3>"
    yield f'<p class="soft">{inert(name)}: {inert(str(check["summary"]), most=600)}</p>'
    if isinstance(facts, Mapping) and facts.get("development_list_used") is True:
        yield f'<p class="soft">{_ON_LOOPBACK}</p>'
    yield "</li>"


def missing_of(result: Result) -> Iterator[str]:
    """The criteria that are not met, with what was seen instead."""
    yield "<h3>What it found missing</h3><ul>"
    for words, note in result.missing:
        yield f'<li>{inert(words)} <span class="soft">{inert(note, most=300)}</span></li>'
    yield "</ul>" if result.missing else f"<li>{NOTHING}</li></ul>"
