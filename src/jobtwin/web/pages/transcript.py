"""A learner's transcript: the credentials that they choose, in one file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from jobtwin.core.errors import BadInput, NotFound
from jobtwin.proofs.transcript import MOST, build_transcript
from jobtwin.store.queries.issued import live_credentials_of
from jobtwin.web.access import PageRequest, signed_in
from jobtwin.web.public import VC_TYPE, public_file


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def transcript(request: PageRequest) -> HttpResponse:
    """The own credentials to choose from; with POST, the chosen ones as a presentation to save."""
    own = live_credentials_of(request.user)
    if request.method != "POST":
        return render(request, "transcript.html", {"credentials": own})
    wanted = set(request.POST.getlist("credential"))
    chosen = [one for one in own if str(one.pk) in wanted]
    if len(chosen) != len(wanted):
        raise NotFound("there is no such credential of yours")
    if not 1 <= len(chosen) <= MOST:
        raise BadInput(f"choose 1 to {MOST} credentials")
    document = build_transcript(one.document for one in chosen)
    return public_file(request, document, VC_TYPE, name="transcript.json", shared=False)
