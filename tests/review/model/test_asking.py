"""Retries, waits, fallbacks, the breaker and the budget, on a clock that nobody waits for."""

import asyncio
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.draft_review import DraftReview, Finding
from jobtwin.review.model.asking import Asker, Attempt, ModelTrouble, Reply
from jobtwin.review.model.cache import AnswerCache
from jobtwin.review.model.prompt import Prompt
from jobtwin.review.model.settings import Budget, ModelSettings, Price
from jobtwin.review.model.spending import Spending
from tests.review.model.fakes import (
    SETTINGS,
    FakeModel,
    FakeTime,
    asked,
    limited,
    model_draft,
    plain_draft,
    reviews,
    saying,
    scores,
)
from tests.review.trees import honest

PROMPT = Prompt("framing.user", "s" * 300, "t" * 300, ("s-1",))


def trouble(*reasons: tuple[str, bool], after: float | None = None) -> FakeModel:
    """A model that fails with each `(reason, again)` in turn and then answers."""
    waiting = list(reasons)

    def respond(prompt: Prompt) -> str:
        if waiting:
            reason, again = waiting.pop(0)
            raise ModelTrouble(reason, again=again, after=after)
        return "said"

    return FakeModel(respond)


def asked_once(*models: FakeModel, settings: ModelSettings = SETTINGS) -> tuple[Attempt, Asker, FakeTime]:
    time = FakeTime()
    asker = Asker(models, settings, Spending(settings.budget, time), time.sleep)
    return asyncio.run(asker.ask(PROMPT)), asker, time


@pytest.mark.parametrize("reason", ["http_429", "http_500", "http_503", "timeout", "connection"])
def test_a_passing_trouble_is_retried_with_growing_waits(reason: str) -> None:
    attempt, _, time = asked_once(trouble((reason, True), (reason, True)))
    assert attempt.reply == Reply("said", 100, 20)
    assert (attempt.requests, time.naps) == (3, [0.5, 1.0])


def test_a_server_may_ask_for_a_longer_wait_up_to_a_limit() -> None:
    attempt, _, time = asked_once(trouble(("http_429", True), after=5.0))
    assert attempt.reply is not None
    assert time.naps == [5.0]
    attempt, asker, time = asked_once(trouble(("http_429", True), after=3600.0))
    assert (attempt.reply, time.naps, asker.down) == (None, [], {"fake:model"})


def test_a_lasting_trouble_is_not_retried() -> None:
    attempt, _, time = asked_once(trouble(("oversized", False)))
    assert (attempt.reply, attempt.reason, attempt.requests, time.naps) == (None, "oversized", 1, [])


def test_the_next_model_is_asked_where_one_fails_and_its_name_is_kept() -> None:
    second = FakeModel(lambda _: "second", name="fake:second")
    attempt, _, _ = asked_once(trouble(*[("http_500", True)] * 9), second)
    assert (attempt.model, attempt.requests, len(second.prompts)) == ("fake:second", 4, 1)


def test_a_model_that_fails_again_and_again_is_asked_no_more() -> None:
    failing = trouble(*[("http_500", True)] * 1000)
    draft = model_draft(honest(), failing)
    assert len(failing.prompts) == SETTINGS.failures_until_down
    assert draft.usage["models_down"] == ["fake:model"]
    assert scores(draft) == scores(plain_draft(honest()))


def test_a_server_that_hangs_is_cut_off_and_soon_asked_no_more() -> None:
    async def hang() -> str:
        await asyncio.Event().wait()
        return ""

    model = FakeModel(lambda _: hang())
    draft = model_draft(honest(), model, settings=replace(SETTINGS, call_seconds=0.001, concurrency=4))
    assert 4 <= len(model.prompts) <= 7
    assert set(dict(draft.usage["troubles"])) == {"timeout"}  # type: ignore[call-overload]  # a JSON object
    assert scores(draft) == scores(plain_draft(honest()))


def test_never_more_calls_at_once_than_the_settings_say() -> None:
    running = Counter[str]()

    async def slow(prompt: Prompt) -> str:
        running["now"] += 1
        running["most"] = max(running["most"], running["now"])
        for _ in range(5):
            await asyncio.sleep(0)
        running["now"] -= 1
        return saying("unclear")(prompt)

    model_draft(honest(), FakeModel(slow), settings=replace(SETTINGS, concurrency=3))
    assert running["most"] == 3


def undone(draft: DraftReview) -> list[str]:
    return [name for name, one in reviews(draft).items() if one.note.startswith("budget")]


def test_calls_beyond_the_budget_are_left_undone_and_say_so() -> None:
    model = FakeModel(saying())
    draft = model_draft(honest(), model, settings=limited(calls=3))
    assert (len(model.prompts), draft.usage["calls"]) == (3, 3)
    assert undone(draft)
    assert all(reviews(draft)[name].verdict is Finding.UNCLEAR for name in undone(draft))


def test_the_largest_shares_of_the_mark_are_asked_first() -> None:
    model = FakeModel(saying("unclear"))
    model_draft(honest(), model, settings=limited(calls=2))
    assert set(asked(model)) <= {"framing.user", "framing.value", "design.constraints", "design.tradeoffs"}


def test_retries_count_as_calls() -> None:
    failing = trouble(*[("http_500", True)] * 1000)
    draft = model_draft(honest(), failing, settings=limited(calls=2))
    assert (len(failing.prompts), draft.usage["calls"]) == (2, 2)


def test_tokens_beyond_the_budget_are_never_sent() -> None:
    model = FakeModel(saying())
    draft = model_draft(honest(), model, settings=limited(tokens=5000))
    assert 0 < len(model.prompts) < 40
    assert int(str(draft.usage["tokens_in"])) + int(str(draft.usage["tokens_out"])) <= 5000
    assert undone(draft)


def test_money_binds_where_the_price_is_known_and_cost_is_unknown_without_one() -> None:
    priced = replace(limited(money=Decimal("0.02")), prices={"fake:model": Price(Decimal(1), Decimal(10))})
    draft = model_draft(honest(), FakeModel(saying()), settings=priced)
    assert 0 < float(str(draft.usage["cost"])) <= 0.02
    assert undone(draft)
    assert model_draft(honest(), FakeModel(saying())).usage["cost"] is None


def test_time_beyond_the_budget_leaves_the_rest_undone() -> None:
    time = FakeTime()

    def slow(prompt: Prompt) -> str:
        time.now += 100
        return saying("unclear")(prompt)

    model = FakeModel(slow)
    draft = model_draft(honest(), model, time=time)
    assert len(model.prompts) == 3
    assert undone(draft)


def test_a_server_that_reports_no_tokens_or_too_many_cannot_break_the_account() -> None:
    silent = FakeModel(saying("unclear"), tokens=(0, 0))
    assert int(str(model_draft(honest(), silent).usage["tokens_in"])) > 500 * len(silent.prompts)
    greedy = FakeModel(saying("unclear"), tokens=(10_000_000, 10_000_000))
    assert undone(model_draft(honest(), greedy))
    assert len(greedy.prompts) == 1


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 5000), st.booleans()), max_size=30),
    st.integers(0, 20),
    st.integers(0, 60_000),
)
def test_reservations_never_pass_the_budget(
    steps: list[tuple[int, int, bool]], calls: int, tokens: int
) -> None:
    account = Spending(Budget(calls=calls, tokens=tokens), FakeTime())
    held = 0
    for chars, out, settle in steps:
        room = account.reserve(chars, out, None)
        if room is None:
            continue
        held += room.tokens_in + room.tokens_out
        if settle:
            held -= room.tokens_in + room.tokens_out
            room.settle(room.tokens_in, 0)
        assert account.calls <= calls
        assert account.tokens_in + account.tokens_out + held <= tokens


def test_a_review_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    left = 4

    def dies(prompt: Prompt) -> str:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return saying("unclear")(prompt)

    with pytest.raises(KeyboardInterrupt):
        model_draft(honest(), FakeModel(dies), cache=cache)
    after, whole = FakeModel(saying("unclear")), FakeModel(saying("unclear"))
    resumed = model_draft(honest(), after, cache=cache)
    assert resumed.dimensions == model_draft(honest(), whole).dimensions
    assert (len(after.prompts), resumed.usage["cached"]) == (len(whole.prompts) - 4, 4)
    again = FakeModel(saying("unclear"))
    assert model_draft(honest(), again, cache=cache).usage["calls"] == 0


def test_the_cache_is_by_content_model_and_parameters(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    count = len(_run(cache).prompts)
    assert len(_run(cache).prompts) == 0
    assert len(_run(cache, settings=replace(SETTINGS, temperature=None)).prompts) == count
    assert len(_run(cache, name="fake:other").prompts) == count
    changed = honest().files["README.md"].decode().replace("two hundred", "three hundred")
    model = FakeModel(saying("unclear"))
    model_draft(honest({"README.md": changed}), model, cache=cache)
    assert 0 < len(model.prompts) < count


def _run(cache: AnswerCache, name: str = "fake:model", settings: ModelSettings = SETTINGS) -> FakeModel:
    model = FakeModel(saying("unclear"), name=name)
    model_draft(honest(), model, cache=cache, settings=settings)
    return model


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'{"verdict": ["met"], "spans": [], "note": ""}',
        b'{"verdict": "met", "spans": [true], "note": ""}',
        b"[" * 9000,
    ],
)
def test_a_damaged_or_forged_entry_of_the_cache_counts_as_missing(tmp_path: Path, damage: bytes) -> None:
    cache = AnswerCache(tmp_path)
    count = len(_run(cache).prompts)
    for path in tmp_path.glob("*/*.json"):
        path.write_bytes(damage)
    assert len(_run(cache).prompts) == count


def test_a_cached_position_that_was_not_shown_is_dropped(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    _run(cache)
    for path in tmp_path.glob("*/*.json"):
        path.write_bytes(b'{"verdict": "met", "spans": [99], "note": "forged"}')
    draft = model_draft(honest(), FakeModel(saying("unclear")), cache=cache)
    assert scores(draft) == scores(plain_draft(honest()))
    assert "not_shown" in dict(draft.usage["model_citations_dropped"])  # type: ignore[call-overload]  # a JSON object
