"""Calibration: a mentor's own standing; for operators gold submissions, everybody's standing, agreement."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from jobtwin.core.errors import BadInput, JobTwinError, NotFound
from jobtwin.core.gold import DEFAULT_POLICY
from jobtwin.services.calibration import make_gold, open_run, retire_gold
from jobtwin.store import platform
from jobtwin.store.models import BriefVersion, Role
from jobtwin.store.queries.agreement import MAX_CASES, decided_cases, reading_counts
from jobtwin.store.queries.calibration import (
    briefs_with_gold,
    calibrated_mentors,
    drift_of,
    gold_of,
    gold_set,
    is_required,
    marked_in,
    open_cases,
    status_of,
)
from jobtwin.store.queries.operations import all_briefs
from jobtwin.store.queries.programme import programmes_with
from jobtwin.web.access import PageRequest, mentors_only, operators_only
from jobtwin.web.errors import sentence
from jobtwin.web.errors import status_of as http_status
from jobtwin.web.shown.agreement import (
    agreement_table,
    first_pass_table,
    leniency_table,
    pass_row,
    reading_rows,
)
from jobtwin.web.shown.calibration import standing

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@mentors_only
def own(request: PageRequest) -> HttpResponse:
    """Where this mentor stands for every exam with gold submissions; POST opens a run."""
    policy, error = platform.calibration_policy() or DEFAULT_POLICY, None
    own_programmes = marked_in(request.user)
    if request.method == "POST":
        try:
            open_run(mentor=request.user, brief_id=request.POST.get("brief", ""), now=request.now)
        except JobTwinError as found:
            error = found
        else:
            messages.success(
                request, gettext("Your calibration submissions wait for you among the others now.")
            )
            return redirect("queue")
    rows = [
        {
            "brief": brief_id,
            "standing": standing(
                request.user,
                status_of(request.user, brief_id, request.now, policy),
                drift_of(request.user, brief_id, policy),
                policy,
            ),
            "open": open_cases(request.user, brief_id),
            "required": is_required(brief_id, own_programmes, policy),
        }
        for brief_id in briefs_with_gold(own_programmes)
    ]
    context = {"rows": rows, "policy": policy, "error": sentence(error) if error else ""}
    return render(request, "calibration.html", context, status=http_status(error) if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def operate(request: PageRequest) -> HttpResponse:
    """Gold submissions of one exam and where its mentors stand; POST makes one gold or retires it."""
    error = None
    if request.method == "POST":
        try:
            _change_gold(request)
        except JobTwinError as found:
            error = found
        else:
            return redirect(request.get_full_path())
    version, policy = _version(request), platform.calibration_policy() or DEFAULT_POLICY
    operated = programmes_with(request.user, Role.OPERATOR).order_by()
    brief_id = version.brief_id if version else ""
    mentors = Paginator(calibrated_mentors(brief_id, operated), PAGE).get_page(request.GET.get("mentors"))
    context = {
        "version": version,
        "versions": all_briefs(request.user),
        "policy": policy,
        "golds": gold_set(brief_id, operated),
        "required": is_required(brief_id, operated, policy),
        "mentors": mentors,
        "standings": [
            standing(
                one, status_of(one, brief_id, request.now, policy), drift_of(one, brief_id, policy), policy
            )
            for one in mentors.object_list
        ],
        "error": sentence(error) if error else "",
    }
    code = http_status(error, form=True) if error else 200
    return render(request, "operate_calibration.html", context, status=code)


@require_safe
@operators_only
def agreement(request: PageRequest) -> HttpResponse:
    """How far mentors agree, where the draft is lenient, and what seeing it changed; of one version."""
    version = _version(request)
    if version is None:
        raise NotFound("no brief is published yet")
    operated = programmes_with(request.user, Role.OPERATOR).order_by()
    brief, cases = version.brief, decided_cases(version, operated)
    context = {
        "version": version,
        "versions": all_briefs(request.user),
        "cases": len(cases),
        "most": MAX_CASES,
        "agreement": agreement_table(brief, cases),
        "pass_row": pass_row(brief, cases),
        "leniency": leniency_table(brief, cases),
        "first_pass": first_pass_table(brief, cases),
        "readings": reading_rows(brief, reading_counts(version, operated)),
    }
    return render(request, "agreement.html", context)


def _change_gold(request: PageRequest) -> None:
    try:
        wanted = UUID(request.POST.get("submission", "").strip())
    except ValueError:
        raise BadInput("give the id of a submission") from None
    submission = gold_of(request.user, wanted)
    if request.POST.get("do") == "retire":
        if not hasattr(submission, "gold"):
            raise NotFound("this submission is not gold")
        retire_gold(gold=submission.gold, now=request.now)
        messages.success(request, gettext("It is given to nobody from now on; marks of it keep counting."))
        return
    make_gold(submission=submission, operator=request.user, now=request.now)
    messages.success(request, gettext("The submission is gold now."))


def _version(request: PageRequest) -> BriefVersion | None:
    chosen = request.GET.get("brief", "")
    rows = all_briefs(request.user)
    return (rows.filter(pk=int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else rows).first()
