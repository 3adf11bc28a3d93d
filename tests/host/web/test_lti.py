"""Launches from a learning platform, by a browser: whole ones arrive, every tampering is refused."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.lti.platform import (
    CLIENT,
    DEPLOYMENT,
    ISSUER,
    FakePlatform,
    claims_at,
    deep_linking,
    made_key,
    query_of,
)
from tests.verification.f4.hosts import ORIGIN, START

if TYPE_CHECKING:
    from django.test import Client

    from jobtwin.store.models import LtiPlatform
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

CALL = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "9", "target_link_uri": f"{START}lti/launch"}


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePlatform]:
    """A platform whose key set is asked for over a loopback that lives in memory."""
    from jobtwin.store import platform

    found = FakePlatform()
    monkeypatch.setattr(platform, "outside_client", lambda: found.client)
    yield found
    found.close()


@pytest.fixture
def people() -> "People":
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, everybody, exam

    publish_brief(brief=exam(), now=NOW)
    return everybody()


@pytest.fixture
def registered(people: "People", school: FakePlatform) -> "LtiPlatform":
    from jobtwin.services.lti import Registration, register_platform
    from jobtwin.services.programme import ensure_default_programme
    from tests.host.people import NOW

    addresses = (f"{START}auth", f"{START}keys", f"{START}token")
    return register_platform(
        programme=ensure_default_programme(),
        registration=Registration("School", ISSUER, CLIENT, (DEPLOYMENT,), *addresses),
        actor=people.olga,
        now=NOW,
    )


@pytest.fixture
def visitor() -> "Iterator[Client]":
    from tests.host.web.visits import client

    return client()  # type: ignore[return-value]  # a fixture without an end


def began(visitor: "Client") -> dict[str, str]:
    """The platform's call in a window of its own; what it asks of the platform."""
    answer = visitor.get("/lti/login", CALL, headers={"Sec-Fetch-Dest": "document"})
    assert answer.headers["Location"].startswith(f"{START}auth?")
    return query_of(answer.headers["Location"])


def launched(visitor: "Client", school: FakePlatform, **changes: Any) -> Any:
    """A launch from the call to the answer to the signed message."""
    from tests.host.web.clock import MovedClock

    asked = began(visitor)
    token = school.signed(claims_at(MovedClock.instant, asked["nonce"], **changes))
    return visitor.post("/lti/launch", {"state": asked["state"], "id_token": token})


def test_a_learner_arrives_with_a_fresh_account_and_comes_back_without_a_question(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform"
) -> None:
    from jobtwin.store.models import LtiUser, Person
    from tests.host.web.visits import client, text_of

    school.publish()
    before = Person.objects.count()
    answer = launched(visitor, school)
    assert answer.status_code == 303
    page = text_of(visitor.get(answer.headers["Location"]))
    assert "It is your first time here, Lea" in page
    done = visitor.post(answer.headers["Location"], {"do": "fresh"})
    assert done.headers["Location"] == "/briefs/small"
    user = LtiUser.objects.get()
    assert (user.subject, user.person.name) == ("lea-9", "Lea")
    assert user.person.email.endswith("@lti.invalid")
    assert user.person.memberships.get().role == "learner"
    again = client()
    back = again.get(launched(again, school).headers["Location"])
    assert back.headers["Location"] == "/briefs/small"
    assert str(again.session["_auth_user_id"]) == str(user.person.pk)
    assert Person.objects.count() == before + 1


def test_the_address_that_a_platform_tells_opens_nobodys_account(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform", people: "People"
) -> None:
    from jobtwin.store.models import LtiUser

    school.publish()
    where = launched(visitor, school, email=people.ada.email).headers["Location"]
    visitor.post(where, {"do": "fresh"})
    assert LtiUser.objects.get().person != people.ada


def test_whoever_is_signed_in_links_the_own_account_after_confirming(
    school: FakePlatform, registered: "LtiPlatform", people: "People"
) -> None:
    from jobtwin.store.models import LtiUser
    from tests.host.web.visits import client, text_of

    school.publish()
    sam = client(people.sam)
    where = launched(sam, school).headers["Location"]
    assert "Link it: sam@example.org" in text_of(sam.get(where))
    link = where.replace("continue", "link")
    assert not LtiUser.objects.exists()
    assert "Link the two" in text_of(sam.get(link))
    assert sam.post(link, {"do": "link"}).headers["Location"] == where
    assert sam.get(where).headers["Location"] == "/briefs/small"
    assert LtiUser.objects.get().person == people.sam


def test_a_platforms_word_signs_no_operator_in(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform", people: "People"
) -> None:
    from jobtwin.store.models import LtiUser
    from tests.host.people import NOW
    from tests.host.web.visits import text_of

    LtiUser.objects.create(platform=registered, subject="lea-9", person=people.olga, linked_at=NOW)
    school.publish()
    where = launched(visitor, school).headers["Location"]
    assert "signs in by itself" in text_of(visitor.get(where))
    visitor.post(where, {"do": "switch"})
    assert "_auth_user_id" not in visitor.session


@pytest.mark.parametrize("password", ["", "a password of one's own"])
def test_a_platform_of_one_programme_opens_no_way_into_another(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform", people: "People", password: str
) -> None:
    from jobtwin.services.programme import Rules, add_member, create_programme
    from jobtwin.store.models import LtiUser, Role
    from tests.host.people import NOW

    elsewhere = create_programme(slug="elsewhere", rules=Rules(title="Elsewhere"))
    add_member(programme=elsewhere, person=people.max, role=Role.MENTOR)
    people.max.set_password(password or None)
    people.max.save()
    LtiUser.objects.create(platform=registered, subject="lea-9", person=people.max, linked_at=NOW)
    school.publish()
    visitor.get(launched(visitor, school).headers["Location"])
    assert ("_auth_user_id" in visitor.session) is not bool(password)


def test_whoever_is_somebody_else_is_asked_before_the_account_changes(
    school: FakePlatform, registered: "LtiPlatform", people: "People"
) -> None:
    from jobtwin.store.models import LtiUser
    from tests.host.people import NOW
    from tests.host.web.visits import client, text_of

    LtiUser.objects.create(platform=registered, subject="lea-9", person=people.ada, linked_at=NOW)
    school.publish()
    sam = client(people.sam)
    where = launched(sam, school).headers["Location"]
    assert "You are signed in as sam@example.org" in text_of(sam.get(where))
    assert str(sam.session["_auth_user_id"]) == str(people.sam.pk)
    sam.post(where, {"do": "switch"})
    assert str(sam.session["_auth_user_id"]) == str(people.ada.pk)


@pytest.mark.parametrize(("allowed", "roles"), [(False, set()), (True, {"mentor"})])
def test_whoever_teaches_there_mentors_here_only_where_the_operator_said_so(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform", allowed: bool, roles: set[str]
) -> None:
    from jobtwin.store.models import LtiUser

    registered.instructors_mentor = allowed
    registered.save()
    school.publish()
    taught = {key: value for key, value in deep_linking().items() if key.endswith("roles")}
    visitor.post(launched(visitor, school, **taught).headers["Location"], {"do": "fresh"})
    held = LtiUser.objects.get().person.memberships.values_list("role", flat=True)
    assert set(held) == roles


def test_a_launch_counts_once_and_only_in_its_browser(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform"
) -> None:
    from tests.host.web.clock import MovedClock, at
    from tests.host.web.visits import client

    school.publish()
    asked = began(visitor)
    form = {"state": asked["state"]}
    form["id_token"] = school.signed(claims_at(MovedClock.instant, asked["nonce"]))
    assert client().post("/lti/launch", form).status_code == 403
    answer = visitor.post("/lti/launch", form)
    assert answer.status_code == 303
    assert visitor.post("/lti/launch", form).status_code == 403
    assert client().get(answer.headers["Location"]).status_code == 404
    at(hours=2, minutes=11)
    assert visitor.get(answer.headers["Location"]).status_code == 404


def test_the_state_of_another_browser_is_refused(school: FakePlatform, registered: "LtiPlatform") -> None:
    from tests.host.web.clock import MovedClock
    from tests.host.web.visits import client

    school.publish()
    mallory, victim = client(), client()
    asked = began(mallory)
    began(victim)
    token = school.signed(claims_at(MovedClock.instant, asked["nonce"]))
    assert victim.post("/lti/launch", {"state": asked["state"], "id_token": token}).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "of-another-launch"},
        {"aud": "another"},
        {"exp": 1},
        {"iss": "https://evil.school"},
        {"https://purl.imsglobal.org/spec/lti/claim/deployment_id": "foreign"},
    ],
)
def test_a_tampered_launch_is_refused_and_leaves_nothing(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform", changes: dict[str, Any]
) -> None:
    from jobtwin.store.models import LtiLaunch

    school.publish()
    assert launched(visitor, school, **changes).status_code == 403
    assert LtiLaunch.objects.get().said == {}
    assert visitor.get(f"/lti/continue/{LtiLaunch.objects.get().pk}").status_code == 404


def test_a_rotated_key_is_fetched_once_and_an_unknown_one_refused(
    school: FakePlatform, registered: "LtiPlatform"
) -> None:
    from tests.host.web.clock import at
    from tests.host.web.visits import client

    school.publish()
    assert launched(client(), school).status_code == 303
    assert launched(client(), school).status_code == 303
    school.key = made_key("k2")
    school.publish()
    assert launched(client(), school).status_code == 403  # asked less than a minute ago
    at(hours=2, minutes=2)
    assert launched(client(), school).status_code == 303
    school.key = made_key("k3")
    at(hours=2, minutes=4)
    school.publish(made_key("k2"))
    assert launched(client(), school).status_code == 403
    assert len(school.heard) == 3


def test_a_platform_that_is_down_or_turned_off_lets_nobody_in(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform", people: "People"
) -> None:
    from jobtwin.services.lti import turn_platform
    from tests.host.people import NOW

    assert launched(visitor, school).status_code == 503
    turn_platform(found=registered, on=False, actor=people.olga, now=NOW)
    assert visitor.get("/lti/login", CALL).status_code == 404


def test_in_a_frame_a_window_is_offered_and_no_cookie_is_set(
    visitor: "Client", registered: "LtiPlatform"
) -> None:
    from jobtwin.store.models import LtiLaunch
    from tests.host.web.visits import text_of

    answer = visitor.post("/lti/login", CALL, headers={"Sec-Fetch-Dest": "iframe"})
    page = text_of(answer)
    assert 'target="_blank"' in page
    assert f'name="iss" value="{ISSUER}"' in page
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors http://{ORIGIN};" in policy
    assert not answer.cookies
    assert not LtiLaunch.objects.exists()


def test_a_teacher_puts_an_exam_into_the_course_once(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform"
) -> None:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    from tests.host.web.visits import text_of

    school.publish()
    where = launched(visitor, school, **deep_linking()).headers["Location"]
    choose = visitor.post(where, {"do": "fresh"}).headers["Location"]
    assert "A small exam" in text_of(visitor.get(choose))
    answer = visitor.post(choose, {"brief": "small"})
    found = re.search(r'action="([^"]+)"><input type="hidden" name="JWT" value="([^"]+)"', text_of(answer))
    assert found is not None
    assert found[1] == f"{START}return"
    assert f"form-action 'self' http://{ORIGIN};" in answer.headers["Content-Security-Policy"]
    keys = KeySet.import_key_set(json.loads(visitor.get("/lti/jwks.json").content))
    claims = jwt.decode(found[2], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == (CLIENT, ISSUER)
    assert claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == "opaque"
    [item] = claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    assert (item["custom"], item["url"]) == ({"brief": "small"}, "http://127.0.0.1:8000/lti/launch")
    assert visitor.post(choose, {"brief": "small"}).status_code == 404


def test_a_learner_puts_nothing_into_a_course(
    visitor: "Client", school: FakePlatform, registered: "LtiPlatform"
) -> None:
    school.publish()
    where = launched(visitor, school, **deep_linking("Learner")).headers["Location"]
    choose = visitor.post(where, {"do": "fresh"}).headers["Location"]
    assert visitor.get(choose).status_code == 403
    assert visitor.post(choose, {"brief": "small"}).status_code == 403


def test_our_public_keys_hold_nothing_private(visitor: "Client", registered: "LtiPlatform") -> None:
    [key] = json.loads(visitor.get("/lti/jwks.json").content)["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key_set_url", "http://169.254.169.254/keys"),
        ("token_url", "https://localhost/token"),
        ("authorize_url", "javascript:alert(1)"),
        ("deployments", " \n"),
        ("issuer", ""),
        ("title", ""),
        ("client_id", CLIENT),
    ],
)
def test_a_registration_that_cannot_be_is_told_in_words(
    registered: "LtiPlatform", people: "People", field: str, value: str
) -> None:
    from tests.host.web.visits import client, text_of

    form = {
        "programme": "default", "title": "Two", "issuer": ISSUER, "client_id": "client-8",
        "deployments": "1", "authorize_url": f"{START}auth", "key_set_url": f"{START}keys", "token_url": "",
    }  # fmt: skip
    answer = client(people.olga).post("/operations/platforms", form | {field: value})
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in text_of(answer)


def test_an_operator_registers_changes_turns_and_rotates(school: FakePlatform, people: "People") -> None:
    from jobtwin.store.models import AuditEntry, LtiKey, LtiPlatform
    from tests.host.web.visits import client, text_of

    olga = client(people.olga)
    form = {
        "programme": "default", "title": "School", "issuer": ISSUER, "client_id": CLIENT,
        "deployments": "1\n2", "authorize_url": f"{START}auth", "key_set_url": f"{START}keys",
    }  # fmt: skip
    page = olga.post("/operations/platforms", form).headers["Location"]
    assert "http://127.0.0.1:8000/lti/login" in text_of(olga.get(page))
    olga.post(page, form | {"do": "change", "title": "The school", "instructors_mentor": "yes"})
    assert olga.post(page, form | {"do": "change", "issuer": "https://other.school"}).status_code == 422
    for act in ("off", "on", "rotate"):
        assert olga.post(page, {"do": act}).status_code == 302
    found = LtiPlatform.objects.get()
    assert (found.title, found.deployments, found.instructors_mentor) == ("The school", ["1", "2"], True)
    assert LtiKey.objects.filter(ends_at__isnull=True).count() == 1
    assert LtiKey.objects.count() == 2
    acts = set(AuditEntry.objects.values_list("what", flat=True))
    assert acts >= {"lti_registered", "lti_changed", "lti_turned_off", "lti_turned_on", "lti_key_rotated"}
