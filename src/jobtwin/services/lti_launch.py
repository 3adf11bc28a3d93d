"""Coming from a learning platform: begin, take the message once, and say who it is here.

An account is never found by the address that a platform tells. A subject of a platform is linked to a fresh
account or, by whoever is signed in to one, to that one. Accounts with a second factor, those of operators and
those with a part in another programme are never signed in by a platform's word.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from jobtwin.core.errors import Conflict, NotFound, Refused
from jobtwin.lti.launch import BadLaunch, Expected, Launch, key_id, read_launch
from jobtwin.proofs.encoding import base64url_encode
from jobtwin.services.lti import platform_key
from jobtwin.services.programme import add_member
from jobtwin.services.token import token_hash
from jobtwin.store import platform
from jobtwin.store.models import (
    Attempt,
    LtiLaunch,
    LtiPlacement,
    LtiPlatform,
    LtiUser,
    Membership,
    Person,
    Programme,
    Role,
)

SECRET_BYTES = 32
MINUTES = timedelta(minutes=10)
"""How long a launch may take from the platform's call to the page here."""
MAX_BEGUN = 5_000
"""Most launches under way at a time: whoever knows an issuer may begin one."""
KEEP = timedelta(days=1)
"""After which rows of launches are removed."""
NOWHERE = "lti.invalid"
"""The host of the address of an account that a launch made; RFC 2606 keeps it for nobody."""
TEACHES = frozenset({"Instructor", "Administrator", "ContentDeveloper"})
OVER = "this launch is over, or was begun in another browser; go back to your platform and open it again"

Random = Callable[[int], bytes]


def begin_launch(
    *,
    found: LtiPlatform,
    login_hint: str,
    message_hint: str,
    redirect_uri: str,
    now: datetime,
    random: Random = platform.random_bytes,
) -> tuple[LtiLaunch, str, str]:
    """Begins a launch: the row, the address at the platform where it goes on, and the browser's secret.

    Where it leads is said by the signed message alone. Raises Refused over MAX_BEGUN.
    """
    if LtiLaunch.objects.filter(begun_at__gt=now - MINUTES, taken_at__isnull=True).count() >= MAX_BEGUN:
        raise Refused("too many launches were begun just now; try again in some minutes", code="too_often")
    state, nonce, browser = (base64url_encode(random(SECRET_BYTES)) for _ in range(3))
    launch = LtiLaunch.objects.create(
        platform=found,
        state_sha256=token_hash(state),
        browser_sha256=token_hash(browser),
        nonce=nonce,
        begun_at=now,
    )
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": found.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": login_hint,
        "state": state,
        "nonce": nonce,
    }
    if message_hint:
        asked["lti_message_hint"] = message_hint
    joint = "&" if "?" in found.authorize_url else "?"
    return launch, f"{found.authorize_url}{joint}{urlencode(asked)}", browser


def take_launch(*, state: str, browser: str, token: str, now: datetime) -> LtiLaunch:
    """Believes a platform's message, once. Raises BadLaunch, and OutsideFailure where keys cannot be had.

    The launch is used up before the message is read: a second try with the same state finds nothing.
    """
    rows = LtiLaunch.objects.filter(
        state_sha256=token_hash(state), begun_at__gt=now - MINUTES, platform__off_at__isnull=True
    )
    launch = rows.select_related("platform__programme").first()
    if launch is None or launch.browser_sha256 != token_hash(browser):
        raise BadLaunch(OVER, code="lti_state")
    kid = key_id(token)
    if not LtiLaunch.objects.filter(pk=launch.pk, taken_at__isnull=True).update(taken_at=now):
        raise BadLaunch(OVER, code="lti_state")
    found = launch.platform
    expected = Expected(found.issuer, found.client_id, frozenset(found.deployments), launch.nonce)
    said = read_launch(token, key=platform_key(found=found, kid=kid, now=now), expected=expected, now=now)
    launch.said = asdict(said) | {"roles": sorted(said.roles)}
    launch.save(update_fields=["said"])
    return launch


def open_launch(*, launch_id: UUID, browser: str, now: datetime) -> LtiLaunch:
    """A taken launch of this browser that is not over. Raises NotFound with the same words for any other."""
    rows = LtiLaunch.objects.filter(
        pk=launch_id, begun_at__gt=now - MINUTES, taken_at__isnull=False, ended_at__isnull=True,
        platform__off_at__isnull=True,
    ).exclude(said={})  # fmt: skip
    found = rows.select_related("platform__programme", "person").first()
    if found is None or found.browser_sha256 != token_hash(browser):
        raise NotFound(OVER)
    return found


def launch_of(launch: LtiLaunch) -> Launch:
    """What its message said."""
    return Launch(**launch.said | {"roles": frozenset(launch.said["roles"])})


def person_of(launch: LtiLaunch) -> Person | None:
    """Who the subject is here; None where nobody has been linked."""
    rows = LtiUser.objects.filter(platform=launch.platform, subject=launch.said["subject"])
    linked = rows.select_related("person").first()
    return linked.person if linked else None


def signs_in_itself(person: Person, programme: Programme) -> bool:
    """Whether the word of a platform of this programme is not enough.

    It is not for operators, second factors and closed accounts; nor for whoever has a sign-in of their own
    and a part in another programme, which the platform's operators have no say in.
    """
    roles = Membership.objects.filter(person=person)
    if roles.filter(role=Role.OPERATOR).exists() or not person.is_active:
        return True
    if Authenticator.objects.filter(user=person).exists():
        return True
    own = person.has_usable_password() or SocialAccount.objects.filter(user=person).exists()
    exams = Attempt.objects.filter(learner=person)
    return own and any(part.exclude(programme=programme).exists() for part in (roles, exams))


def fresh_account(*, launch: LtiLaunch, now: datetime) -> Person:
    """A new account for the subject, without an address or password. Raises Conflict where it is linked."""
    said = launch_of(launch)
    with transaction.atomic():
        person = Person.objects.create_user(f"{uuid4()}@{NOWHERE}", None, name=said.name)
        link_account(launch=launch, person=person, now=now)
    return person


def link_account(*, launch: LtiLaunch, person: Person, now: datetime) -> None:
    """Makes the subject this person. Raises Conflict where it is somebody already."""
    try:
        with transaction.atomic():
            LtiUser.objects.create(
                platform=launch.platform, subject=launch.said["subject"], person=person, linked_at=now
            )
    except IntegrityError as error:
        raise Conflict("this account of your platform is linked already; open the launch again") from error


def arrive(*, launch: LtiLaunch, person: Person, now: datetime) -> None:
    """Gives the roles that the message speaks of, and keeps where the score goes. Raises NotFound, once over.

    Learners learn; whoever teaches there mentors here only where the operator said so.
    """
    said, found = launch_of(launch), launch.platform
    user = LtiUser.objects.get(platform=found, subject=said.subject, person=person)
    with transaction.atomic():
        if not LtiLaunch.objects.filter(pk=launch.pk, ended_at__isnull=True).update(
            ended_at=None if said.deep_linking else now, person=person
        ):
            raise NotFound(OVER)
        if "Learner" in said.roles:
            add_member(programme=found.programme, person=person, role=Role.LEARNER)
        if found.instructors_mentor and "Instructor" in said.roles:
            add_member(programme=found.programme, person=person, role=Role.MENTOR)
        if said.brief and said.lineitem and "Learner" in said.roles:
            LtiPlacement.objects.update_or_create(
                user=user, brief_id=said.brief, defaults={"lineitem": said.lineitem, "told_at": now}
            )


def end_choice(*, launch: LtiLaunch, now: datetime) -> None:
    """Ends a launch for deep linking: one answer is signed for it. Raises NotFound the second time."""
    if not LtiLaunch.objects.filter(pk=launch.pk, ended_at__isnull=True).update(ended_at=now):
        raise NotFound(OVER)


def may_choose(launch: LtiLaunch) -> bool:
    """Whether this launch may put an exam into the platform's course."""
    said = launch_of(launch)
    return said.deep_linking and bool(said.return_url) and bool(said.roles & TEACHES)


def forget_launches(*, now: datetime) -> int:
    """Removes launches older than KEEP; how many."""
    return LtiLaunch.objects.filter(begun_at__lt=now - KEEP).delete()[0]


def registered_platform(*, issuer: str, client_id: str) -> LtiPlatform:
    """The platform that calls; a client id may be left out where the issuer has one.

    Raises NotFound for one that is not registered or turned off.
    """
    rows = LtiPlatform.objects.filter(issuer=issuer.replace("\0", ""), off_at__isnull=True)
    if client_id:
        rows = rows.filter(client_id=client_id.replace("\0", ""))
    found = list(rows[:2])
    if len(found) != 1:
        raise NotFound("this platform is not registered here; ask an operator")
    return found[0]
