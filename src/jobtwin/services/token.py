"""Tokens of the API: made once, shown once, revoked for good."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jobtwin.core.errors import BadInput, NotFound, Refused
from jobtwin.proofs.encoding import base64url_encode
from jobtwin.store import platform
from jobtwin.store.models import ApiToken, Person, Scope

PREFIX = "jt_"
"""Begins every token, so that a scanner of leaked secrets can name it."""
SECRET_BYTES = 32
HINT_LETTERS = 8
MAX_NAME = 80
MAX_DAYS = 366
MAX_TOKENS = 20
"""Most usable tokens that one person may hold."""
SEEN_EVERY = timedelta(minutes=1)
"""`last_used_at` is this coarse: not every request writes."""


def make_token(
    *,
    person: Person,
    name: str,
    scopes: Iterable[str],
    days: int,
    now: datetime,
    random: Callable[[int], bytes] = platform.random_bytes,
) -> tuple[ApiToken, str]:
    """A new token and its text, which is nowhere kept.

    Raises BadInput for an unusable name, scope or validity, Refused over MAX_TOKENS.
    """
    chosen, known = set(scopes), list(Scope.values)
    if not name.strip() or len(name) > MAX_NAME or "\0" in name:
        raise BadInput(f"give the token a name of at most {MAX_NAME} characters")
    if not chosen or not chosen <= set(known):
        raise BadInput(f"choose what the token may do: {', '.join(known)}")
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"a token is valid for 1 to {MAX_DAYS} days")
    text = PREFIX + base64url_encode(random(SECRET_BYTES))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        usable = ApiToken.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=now)
        if usable.count() >= MAX_TOKENS:
            raise Refused(f"you have {MAX_TOKENS} tokens; revoke one first", code="too_many_tokens")
        token = ApiToken.objects.create(
            person=person,
            name=name.strip(),
            scopes=[one for one in known if one in chosen],
            hint=text[: len(PREFIX) + HINT_LETTERS],
            sha256=token_hash(text),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    return token, text


def revoke_token(*, person: Person, token_id: UUID, now: datetime) -> None:
    """Revokes a token of this person; again, changes nothing. Raises NotFound for anybody else's."""
    own = ApiToken.objects.filter(person=person, pk=token_id)
    if not own.exists():
        raise NotFound("you have no such token")
    own.filter(revoked_at__isnull=True).update(revoked_at=now)


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Notes when a token was last used, at most once in SEEN_EVERY."""
    if token.last_used_at is None or token.last_used_at <= now - SEEN_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - SEEN_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def usable_token(*, text: str, now: datetime) -> ApiToken | None:
    """The token of this text with its person, or None: unknown, revoked, expired, or of a closed account."""
    found = ApiToken.objects.select_related("person").filter(sha256=token_hash(text)).first()
    if found is None or not found.usable(now) or not found.person.is_active:
        return None
    return found


def token_hash(text: str) -> str:
    """SHA-256 of a token's text in hex. Look-ups are by this hash: their time tells nothing of the text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
