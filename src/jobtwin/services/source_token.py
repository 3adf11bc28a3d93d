"""Tokens that learners give for a private repository: kept sealed, used for one host, soon removed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from jobtwin.core.attempt import require_open
from jobtwin.core.errors import BadInput, Refused
from jobtwin.services.audit import record_act
from jobtwin.source.address import Source, parse_source
from jobtwin.source.login import USER, Login
from jobtwin.store import platform
from jobtwin.store.models import Attempt, AuditEntry, SourceToken
from jobtwin.store.sealing import SOURCE_TOKENS, seal, unseal

KEPT, REMOVED = "source_token_kept", "source_token_removed"


def keep_source_token(
    *, attempt: Attempt, source: str, secret: str, user: str = "", now: datetime
) -> SourceToken:
    """Keeps the token for the host of `source` in the place of a former one; the learner's own act.

    Raises TooLate and Refused as `require_open`, Refused for a host that is not on the operator's list and
    over the changes of a day, BadInput for what is no token, BadSource for what is no address.
    """
    require_open(attempt.facts, now=now)
    rules, named = platform.login_rules(), parse_source(source, platform.source_policy())
    host = host_of(named)
    if host not in rules.hosts:
        listed = ", ".join(sorted(rules.hosts)) or "no host at all"
        raise Refused(f"tokens are taken for {listed}", code="host_not_listed")
    if len(secret) > rules.characters:
        raise BadInput(f"a token has at most {rules.characters} characters", code="bad_token")
    login = Login(user or USER, secret)
    with transaction.atomic():
        Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
        _require_few(attempt, rules.changes, now)
        sealed = seal(login.secret, purpose=SOURCE_TOKENS)
        kept, _ = SourceToken.objects.update_or_create(
            attempt=attempt, defaults={"host": host, "user": login.user, "secret": sealed, "kept_at": now}
        )
        _record(attempt, KEPT, host, now)
    return kept


def remove_source_token(*, attempt: Attempt, now: datetime) -> bool:
    """Removes the token at its learner's wish; whether there was one."""
    with transaction.atomic():
        found = SourceToken.objects.select_for_update().filter(attempt=attempt).first()
        if found is None:
            return False
        found.delete()
        _record(attempt, REMOVED, found.host, now)
    return True


def source_login(*, attempt: Attempt, source: Source) -> Login | None:
    """The login for this source, None where none is kept for its host, or its host is not listed any more.

    Raises OutsideFailure where it cannot be unsealed.
    """
    if source.kind == "local" or host_of(source) not in platform.login_rules().hosts:
        return None
    kept = SourceToken.objects.filter(attempt=attempt, host=host_of(source)).first()
    return None if kept is None else Login(kept.user, unseal(kept.secret, purpose=SOURCE_TOKENS))


def forget_source_tokens(*, days: int, now: datetime) -> int:
    """Removes those that nothing needs any more: what was verified or ended, or is long over; how many."""
    ended = Q(attempt__verified_at__isnull=False) | Q(attempt__withdrawn_at__isnull=False)
    ended |= Q(attempt__voided_at__isnull=False) | Q(attempt__deadline__lt=now - timedelta(days=days))
    return SourceToken.objects.filter(ended).delete()[0]


def host_of(source: Source) -> str:
    """The host as the list of hosts names it, with its port where it is not 443."""
    return source.host if source.port == 443 else f"{source.host}:{source.port}"


def _require_few(attempt: Attempt, most: int, now: datetime) -> None:
    today = AuditEntry.objects.filter(
        actor_id=attempt.learner_id, what=KEPT, at__gt=now - timedelta(days=1)
    ).count()
    if today >= most:
        raise Refused(f"you gave {most} tokens today; try again tomorrow", code="too_often")


def _record(attempt: Attempt, what: str, host: str, now: datetime) -> None:
    record_act(
        actor=attempt.learner,
        programme=attempt.programme,
        what=what,
        subject=f"attempt {attempt.pk}",
        facts={"host": host},
        now=now,
    )
