"""The operator's page: attempts, people, briefs, workers."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobtwin.store.models import Role
from jobtwin.store.queries.notification import given_up_mails
from jobtwin.store.queries.operations import all_briefs, everybody, newest_attempts
from jobtwin.store.queries.programme import programmes_with
from jobtwin.store.queries.worker import given_up, live_workers, takers
from jobtwin.web.access import PageRequest, operators_only
from jobtwin.web.shown.attempt import attempt_row

PAGE = 50
LOST_MAILS = 20
GIVEN_UP = 20


@require_safe
@operators_only
def show(request: PageRequest) -> HttpResponse:
    """Lists of the own programmes in pages of PAGE.

    There are no marks on it: they are the mentors' alone until they are decided.
    """
    attempts = Paginator(newest_attempts(request.user), PAGE).get_page(request.GET.get("attempts"))
    people = Paginator(everybody(request.user), PAGE).get_page(request.GET.get("people"))
    taken, workers = takers(request.now), live_workers(request.now)
    context = {
        "programmes": programmes_with(request.user, Role.OPERATOR),
        "attempts": attempts,
        "attempt_rows": [attempt_row(one, request.now) for one in attempts.object_list],
        "people": people,
        "lost_mails": given_up_mails(request.user)[:LOST_MAILS],
        "briefs": all_briefs(request.user),
        "workers": workers,
        "given_up": given_up(request.user)[:GIVEN_UP],
        "nobody_takes": [one for one in taken if one.nobody],
    }
    return render(request, "operations.html", context)
