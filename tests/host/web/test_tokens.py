"""The page of tokens: shown once, kept as a hash, revoked for good."""

import re

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def test_a_token_is_shown_once_works_and_is_kept_as_a_hash_alone() -> None:
    import hashlib

    from jobtwin.store.models import ApiToken
    from tests.host.people import everybody
    from tests.host.web.api import Caller
    from tests.host.web.visits import client, text_of

    ada = client(everybody().ada)
    shown = text_of(ada.post("/account/tokens", {"name": "laptop", "scope": "exam:read", "days": "30"}))
    found = re.search(r"<code>(jt_[\w-]{43})</code>", shown)
    assert found is not None
    text = found[1]
    assert Caller(text).get("/me")["scopes"] == ["exam:read"]
    kept = ApiToken.objects.get()
    assert kept.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert kept.last_used_at is not None
    assert text not in text_of(ada.get("/account/tokens"))
    assert not any(text in str(value) for value in vars(kept).values())
    ada.post(f"/account/tokens/{kept.pk}/revoke")
    assert Caller(text)("get", "/me").status_code == 401
    assert "revoked" in text_of(ada.get("/account/tokens"))


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "", "scope": "exam:read", "days": "30"}, "name"),
        ({"name": "x", "days": "30"}, "choose what"),
        ({"name": "x", "scope": "everything", "days": "30"}, "choose what"),
        ({"name": "x", "scope": "exam:read", "days": "367"}, "366 days"),
        ({"name": "x", "scope": "exam:read", "days": "-1"}, "366 days"),
    ],
)
def test_an_unusable_form_is_told_in_words(form: dict[str, str], told: str) -> None:
    from jobtwin.store.models import ApiToken
    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    answer = client(everybody().ada).post("/account/tokens", form)
    assert answer.status_code == 422
    assert told in text_of(answer).lower()
    assert not ApiToken.objects.exists()


def test_nobody_holds_more_than_twenty_usable_tokens() -> None:
    from jobtwin.core.errors import Refused
    from jobtwin.services.token import MAX_TOKENS, make_token, revoke_token
    from tests.host.people import NOW, everybody

    ada = everybody().ada
    made = [
        make_token(person=ada, name=f"{n}", scopes=["exam:read"], days=1, now=NOW)[0]
        for n in range(MAX_TOKENS)
    ]
    with pytest.raises(Refused, match="revoke one"):
        make_token(person=ada, name="more", scopes=["exam:read"], days=1, now=NOW)
    revoke_token(person=ada, token_id=made[0].pk, now=NOW)
    assert make_token(person=ada, name="more", scopes=["exam:read"], days=1, now=NOW)
