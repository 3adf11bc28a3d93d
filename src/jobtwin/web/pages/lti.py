"""Coming from a learning platform, and putting an exam into its course (LTI 1.3, Deep Linking 2.0).

A platform shows a tool inside its own page, where browsers give us no cookie. So the first call answers with
a form that opens a window of its own; only there a launch begins, bound to the browser by a cookie.
"""

from uuid import UUID

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobtwin.core.errors import BadInput
from jobtwin.lti.signing import Choice, deep_link_answer, public_jwk
from jobtwin.outside.target import parse_target
from jobtwin.proofs.encoding import base64url_encode
from jobtwin.services.lti import published_keys, signing_key
from jobtwin.services.lti_launch import (
    MINUTES,
    arrive,
    begin_launch,
    end_choice,
    fresh_account,
    launch_of,
    link_account,
    may_choose,
    open_launch,
    person_of,
    registered_platform,
    signs_in_itself,
    take_launch,
)
from jobtwin.services.token import token_hash
from jobtwin.store import platform
from jobtwin.store.models import LtiLaunch, Person
from jobtwin.store.queries.lti import launched_offer, offered_in
from jobtwin.web.access import PageRequest, freshly_confirmed, person_or_none, signed_in
from jobtwin.web.middleware.headers import policy

ASKED = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "client_id", "lti_deployment_id")
MAX_HINT = 4_000
FRAMES = ("iframe", "frame", "embed", "object")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def login(request: PageRequest) -> HttpResponse:
    """The platform's first call (third-party login): in a frame it gets a form, in a window a redirect."""
    sent = request.POST if request.method == "POST" else request.GET
    told = {name: sent.get(name, "") for name in ASKED}
    if any(len(text) > MAX_HINT for text in told.values()):
        raise BadInput("the platform's call is too long")
    found = registered_platform(issuer=told["iss"], client_id=told["client_id"])
    if request.headers.get("Sec-Fetch-Dest", "") in FRAMES:
        page = render(request, "lti_window.html", {"told": told, "title": found.title})
        return _with_policy(page, _origin(found.authorize_url), framed=True)
    launch, address, browser = begin_launch(
        found=found,
        login_hint=told["login_hint"],
        message_hint=told["lti_message_hint"],
        redirect_uri=_ours("lti_launch"),
        now=request.now,
    )
    answer = redirect(address)
    secure = settings.JOBTWIN.origin.startswith("https://")
    # The platform posts its message back from its own page, and only a cookie of this kind comes along.
    answer.set_cookie(
        _cookie(launch.state_sha256), browser, max_age=MINUTES, path="/lti/", httponly=True, secure=secure,
        samesite="None" if secure else None,
    )  # fmt: skip
    return answer


@csrf_exempt
@require_POST
def launch(request: PageRequest) -> HttpResponse:
    """The platform's signed message. It is believed once, then the page goes on with cookies of our own."""
    state = request.POST.get("state", "")
    browser = request.COOKIES.get(_cookie(token_hash(state)), "")
    taken = take_launch(state=state, browser=browser, token=request.POST.get("id_token", ""), now=request.now)
    answer = redirect("lti_continue", launch_id=taken.pk)
    answer.status_code = 303
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: PageRequest, launch_id: UUID) -> HttpResponse:
    """Signs in whoever is known; asks whoever is not, or is signed in as somebody else."""
    found = _own(request, launch_id)
    person, here = person_of(found), person_or_none(request)
    wish = request.POST.get("do", "") if request.method == "POST" else ""
    if person is None and wish == "fresh":
        person = fresh_account(launch=found, now=request.now)
    if person is None or _must_ask(found, person, here, wish):
        return _ask(request, found, person)
    arrive(launch=found, person=person, now=request.now)
    if here is not None and here.pk == person.pk:
        return redirect(_target(found))
    signed: HttpResponse = perform_login(
        request, person, email_verification="none", redirect_url=_target(found)
    )
    return signed


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_confirmed
def link(request: PageRequest, launch_id: UUID) -> HttpResponse:
    """Asks once more, then links the platform's account to the one that is signed in."""
    found = _own(request, launch_id)
    if request.method == "POST" and request.POST.get("do") == "link":
        link_account(launch=found, person=request.user, now=request.now)
        return redirect("lti_continue", launch_id=found.pk)
    return render(request, "lti_link.html", {"launch": found, "said": launch_of(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def choose(request: PageRequest, launch_id: UUID) -> HttpResponse:
    """Exams that a teacher may put into the platform's course; POST gives the signed answer to send there."""
    found = _own(request, launch_id)
    if found.person_id != request.user.pk:
        raise BadInput("go back to your platform and open it again")
    if not may_choose(found):
        return render(request, "lti_choose.html", {"launch": found, "allowed": False}, status=403)
    if request.method != "POST":
        context = {"launch": found, "allowed": True, "offers": offered_in(found.platform.programme)}
        return render(request, "lti_choose.html", context)
    return _chosen(request, found)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Our public keys, by which platforms check what is signed here."""
    found = [public_jwk(one) for one in published_keys(now=vars(request)["now"])]
    return JsonResponse({"keys": found}, headers={"Cache-Control": "public, max-age=300"})


def _chosen(request: PageRequest, found: LtiLaunch) -> HttpResponse:
    said = launch_of(found)
    back = _origin(said.return_url)
    version = launched_offer(found.platform.programme, request.POST.get("brief", ""))
    end_choice(launch=found, now=request.now)
    choice = Choice(version.brief_id, version.brief.title, "An exam of Job Twin.", _ours("lti_launch"))
    token = deep_link_answer(
        signing_key(now=request.now),
        issuer=found.platform.issuer,
        client_id=found.platform.client_id,
        deployment=said.deployment,
        data=said.data,
        choice=choice,
        nonce=base64url_encode(platform.random_bytes(16)),
        now=request.now,
    )
    context = {"address": said.return_url, "token": token, "title": version.brief.title, "launch": found}
    return _with_policy(render(request, "lti_answer.html", context), back)


def _must_ask(found: LtiLaunch, person: Person, here: Person | None, wish: str) -> bool:
    """Whether somebody else is signed in who did not wish to change, or a platform's word is not enough."""
    if here is not None and here.pk == person.pk:
        return False
    return signs_in_itself(person, found.platform.programme) or (
        here is not None and wish not in ("switch", "fresh")
    )


def _ask(request: PageRequest, found: LtiLaunch, person: Person | None) -> HttpResponse:
    context = {
        "launch": found,
        "said": launch_of(found),
        "person": person,
        "itself": person is not None and signs_in_itself(person, found.platform.programme),
        "here": person_or_none(request),
        "next": reverse("lti_continue", args=[found.pk]),
    }
    return render(request, "lti_continue.html", context)


def _own(request: PageRequest, launch_id: UUID) -> LtiLaunch:
    """The launch that this browser began."""
    row = LtiLaunch.objects.filter(pk=launch_id).first()
    secret = request.COOKIES.get(_cookie(row.state_sha256), "") if row else ""
    return open_launch(launch_id=launch_id, browser=secret, now=request.now)


def _target(found: LtiLaunch) -> str:
    said = launch_of(found)
    if said.deep_linking:
        return reverse("lti_choose", args=[found.pk])
    return reverse("brief", args=[said.brief]) if said.brief else reverse("catalogue")


def _cookie(state_sha256: str) -> str:
    return f"lti-{state_sha256[:16]}"


def _ours(name: str) -> str:
    return f"{settings.JOBTWIN.origin}{reverse(name)}"


def _origin(address: str) -> str:
    """Where an address leads. Raises BadInput unless it is a public one under https."""
    target = parse_target(address, development=platform.outside_client().settings.development)
    return f"{target.scheme}://{target.authority}"


def _with_policy(answer: HttpResponse, origin: str, *, framed: bool = False) -> HttpResponse:
    answer.headers["Content-Security-Policy"] = policy(
        targets=f" {origin}", ancestors=origin if framed else "'none'"
    )
    return answer
