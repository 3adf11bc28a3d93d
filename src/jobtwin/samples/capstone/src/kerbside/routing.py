"""The decision: guard first, then the baseline, then (only where that is unsure) a model."""

from dataclasses import asdict, dataclass
from typing import Literal

from kerbside.guard import gives_orders, is_emergency
from kerbside.matching import Candidate, Matcher, Passage
from kerbside.model import Model

FRONT_DESK = "front-desk"
MAX_CHARACTERS = 4_000
SHOWN_TO_MODEL = 3

# Chosen on the `dev` half of evals/cases.jsonl (the `held_out` half was never used for it): the
# least share at which no dev report went to a wrong department. A wrong route costs a crew a trip.
MIN_SCORE = 2.0
MIN_SHARE = 0.65

Status = Literal["routed", "unsure", "held", "emergency"]


class BadReport(ValueError):
    """The report cannot be read: it is empty or longer than MAX_CHARACTERS."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a report goes. `confidence` is the department's share of the evidence, computed by
    code and never by a model; it is not a probability. `cited` and `reason`: the city's words."""

    status: Status
    department: str
    confidence: float
    cited: str | None
    reason: str
    decided_by: Literal["guard", "baseline", "model"]

    def as_json(self) -> dict[str, object]:
        """The body of an answer."""
        return asdict(self)


_EMERGENCY = Decision(
    "emergency", FRONT_DESK, 1.0, None,
    "This may be a danger to life: call the emergency number now. Nobody reads this at once.",
    "guard",
)  # fmt: skip
_HELD = Decision(
    "held", FRONT_DESK, 0.0, None,
    "The report contains instructions to a machine, so a person reads it first.",
    "guard",
)  # fmt: skip


class Router:
    """Decides about one report at a time; holds no state of its own."""

    def __init__(self, matcher: Matcher, model: Model | None = None) -> None:
        self._matcher, self._model = matcher, model

    def route(self, text: str) -> Decision:
        """Decide where a report goes. Raises: BadReport."""
        if not text.strip():
            raise BadReport("The report is empty: say what is wrong and where.")
        if len(text) > MAX_CHARACTERS:
            raise BadReport(f"The report has {len(text)} characters; {MAX_CHARACTERS} are allowed.")
        if is_emergency(text):
            return _EMERGENCY
        if gives_orders(text):
            return _HELD
        candidates = self._matcher.rank(text)
        if candidates and _is_clear(candidates[0]):
            return _routed(candidates[0], "baseline")
        return self._second_opinion(text, candidates)

    def _second_opinion(self, text: str, candidates: list[Candidate]) -> Decision:
        shown = candidates[:SHOWN_TO_MODEL]
        choice = self._model.choose(text, shown) if self._model and shown else None
        if choice is not None:
            return _routed(choice, "model")
        share = round(candidates[0].share, 3) if candidates else 0.0
        guess: Passage | None = candidates[0].passage if candidates else None
        reason = f"Unsure. Nearest: {guess.text}" if guess else "Nothing in the handbook fits."
        return Decision(
            "unsure", FRONT_DESK, share, guess.id if guess else None, reason, "baseline"
        )


def _is_clear(best: Candidate) -> bool:
    return best.score >= MIN_SCORE and best.share >= MIN_SHARE


def _routed(choice: Candidate, by: Literal["baseline", "model"]) -> Decision:
    return Decision(
        "routed", choice.department, round(choice.share, 3), choice.passage.id,
        choice.passage.text, by,
    )  # fmt: skip
