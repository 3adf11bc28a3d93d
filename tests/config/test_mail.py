"""The mail server's address."""

import pytest

from jobtwin.config.mail import parse_mail_server
from jobtwin.core.errors import BadInput

SENDER = "exam@example.org"


def test_an_address_says_everything() -> None:
    found = parse_mail_server("smtp://max:p%40ss@mail.example.org", SENDER, production=True)
    assert found is not None
    assert (found.host, found.port, found.user, found.password) == ("mail.example.org", 587, "max", "p@ss")
    assert not found.tls_from_start
    assert not found.plain
    assert "p@ss" not in repr(found)
    sealed = parse_mail_server("smtps://mail.example.org", SENDER, production=True)
    assert sealed is not None
    assert (sealed.port, sealed.tls_from_start) == (465, True)


def test_none_is_none_and_plain_is_for_development() -> None:
    assert parse_mail_server("", "", production=True) is None
    plain = parse_mail_server("smtp+plain://127.0.0.1:2525", SENDER, production=False)
    assert plain is not None
    assert plain.plain


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("mail.example.org", SENDER),
        ("http://mail.example.org", SENDER),
        ("smtp://", SENDER),
        ("smtp://max:hunter2@mail.example.org:x", SENDER),
        ("smtp+plain://127.0.0.1:25", SENDER),
        ("smtp://mail.example.org", ""),
        ("smtp://mail.example.org", "a@b\r\nBcc: c@d"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(text: str, sender: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_mail_server(text, sender, production=True)
    assert "hunter2" not in refused.value.message
