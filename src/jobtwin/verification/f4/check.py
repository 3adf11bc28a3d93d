"""F4: can everyone reach the public artifact?"""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from jobtwin.core.check import CheckResult, Reason
from jobtwin.outside.connect import Connect, Deadline, Dialler, Overtime, OwnNetwork, Unreachable
from jobtwin.outside.request import Answer, BadAnswer, Journey, follow
from jobtwin.outside.target import BadTarget, Target, parse_target
from jobtwin.source.declaration import read_declaration
from jobtwin.source.host import Resolver
from jobtwin.verification.f4.judge import Finding, judge
from jobtwin.verification.f4.page import one_line
from jobtwin.verification.f4.settings import ArtifactSettings, operator_settings
from jobtwin.verification.subject import Subject

ID = "F4"

HOW_TO_DECLARE = 'name it when you submit, or in jobtwin.toml: [artifact] url = "https://..."'


@dataclass(frozen=True)
class Outside:
    """The way out of this machine, and the clock."""

    resolver: Resolver = socket.getaddrinfo
    connect: Connect = socket.create_connection
    clock: Callable[[], float] = time.monotonic


def check_f4(
    subject: Subject,
    *,
    address: str | None = None,
    settings: ArtifactSettings | None = None,
    outside: Outside | None = None,
) -> CheckResult:
    """One look at the artifact's address: that of the submission form, else that of `jobtwin.toml`."""
    declaration = read_declaration(subject.tree)
    facts: dict[str, object] = {**declaration.facts}
    given = (address or "").strip()
    if not given:
        problem = declaration.problem_with("artifact")
        if problem is not None:
            said = f"the declaration of the artifact cannot be followed; {problem}"
            return CheckResult(ID, Reason.NOT_PUBLIC, said, facts)
        given = declaration.artifact_url or ""
    if not given:
        said = f"the submission names no public artifact; {HOW_TO_DECLARE}"
        return CheckResult(ID, Reason.NOT_PUBLIC, said, facts)
    facts |= {"declared": _without_secret(given), "declared_in": "form" if address else "jobtwin.toml"}
    with subject.progress.phase("fetch", "asking for the artifact as anybody would"):
        finding, more = look_at(given, settings or operator_settings(), outside or Outside())
    return CheckResult(ID, finding.reason, finding.summary, facts | more)


def _without_secret(address: str) -> str:
    """An address as it is shown: what stands before an @ may be a token."""
    return one_line(re.sub(r"//[^/?#]*@", "//…@", address), 2000)


def look_at(address: str, settings: ArtifactSettings, outside: Outside) -> tuple[Finding, dict[str, object]]:
    """The finding on one address, and its facts. Never raises for what a host answers."""
    started = outside.clock()
    deadline = Deadline(started + settings.limits.seconds, outside.clock, settings.limits)
    dialler = Dialler(settings, outside.resolver, outside.connect, deadline)
    journey = Journey([])
    facts: dict[str, object] = {"development_list_used": False, "private_address": False}
    answer = None
    try:
        first = parse_target(address, development=settings.development)
        answer = follow(first, dialler, journey)
        finding = judge(first, journey.steps[-1].target, answer, settings.limits)
    except BadTarget as error:
        facts["private_address"] = error.private
        where = "a redirect leads elsewhere: " if journey.steps else ""
        finding = Finding(Reason.NOT_PUBLIC, f"{where}{error.message}")
    except (BadAnswer, Overtime) as error:
        finding = Finding(Reason.NOT_PUBLIC, str(error))
    except OwnNetwork as error:
        finding = Finding(Reason.INFRASTRUCTURE, str(error))
    except Unreachable as error:
        finding = _blamed(str(error), first, settings, outside)
        facts["network_tried_with"] = list(settings.controls)
    facts |= _facts(journey, answer, finding)
    facts["seconds"] = round(outside.clock() - started, 3)
    return finding, facts


def _blamed(said: str, target: Target, settings: ArtifactSettings, outside: Outside) -> Finding:
    """Who is to blame where a host cannot be reached: our own network, if no other host can be either."""
    if target.development or network_works(settings, outside):
        return Finding(Reason.NOT_PUBLIC, said)
    return Finding(Reason.INFRASTRUCTURE, f"{said}; nor can any other host be reached from here")


def network_works(settings: ArtifactSettings, outside: Outside) -> bool:
    """Whether one of the control hosts takes a connection with valid TLS; nothing is asked of it."""
    for host in settings.controls:
        limits = replace(settings.limits, seconds=settings.limits.connect_seconds)
        deadline = Deadline(outside.clock() + limits.seconds, outside.clock, limits)
        dialler = Dialler(settings, outside.resolver, outside.connect, deadline)
        try:
            connection, _ = dialler.open(Target("https", host, 443, "/"))
        except (BadTarget, Unreachable, OwnNetwork, Overtime):
            continue
        connection.close()
        return True
    return False


def _facts(journey: Journey, answer: Answer | None, finding: Finding) -> dict[str, object]:
    facts: dict[str, object] = {}
    if journey.steps:
        last = journey.steps[-1]
        facts |= {
            "final": last.target.url,
            "connected_to": last.address,
            "status": last.status,
            "redirects": [f"{step.status} {step.target.url}" for step in journey.steps[:-1]],
            "development_list_used": any(step.target.development for step in journey.steps),
        }
    if answer is not None:
        page = finding.page
        facts |= {
            "content_type": one_line(answer.headers.get("content-type", ""), 100),
            "bytes": answer.travelled,
            "cut": answer.cut or not page.whole,
            "title": page.title,
            "description": page.description,
            "text": page.text,
            "text_characters": page.characters,
            "needs_javascript": bool(page.scripts) and page.characters < 40,
            "log_in_signs": list(finding.signs),
        }
    return facts
