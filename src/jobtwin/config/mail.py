"""The mail server, from one address."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from jobtwin.core.errors import BadInput

PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over, and the address they come from; `smtp` speaks STARTTLS, `smtps` TLS."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls_from_start: bool
    plain: bool
    sender: str


def parse_mail_server(text: str, sender: str, *, production: bool) -> MailServer | None:
    """The server of `JOBTWIN_MAIL`, None where it is empty. Raises BadInput, which never shows a password.

    `smtp+plain` is for development: a server on this machine that takes mail without TLS.
    """
    if not text:
        return None
    address = urlsplit(text)
    try:
        port = address.port or PORTS.get(address.scheme, 25)
    except ValueError as error:
        raise BadInput("JOBTWIN_MAIL has a port that is no number") from error
    known = {*PORTS} if production else {*PORTS, "smtp+plain"}
    if address.scheme not in known or not address.hostname:
        raise BadInput("JOBTWIN_MAIL is an address such as smtp://user:password@mail.example.org:587")
    if "@" not in sender or any(letter in sender for letter in "\r\n"):
        raise BadInput("JOBTWIN_MAIL_FROM is the address that mails come from, such as exam@example.org")
    return MailServer(
        address.hostname,
        port,
        unquote(address.username or ""),
        unquote(address.password or ""),
        tls_from_start=address.scheme == "smtps",
        plain=address.scheme == "smtp+plain",
        sender=sender,
    )
