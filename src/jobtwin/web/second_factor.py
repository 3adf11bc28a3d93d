"""Second factors: their secrets rest encrypted, and operators must use one where the setting says so."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from jobtwin.core.errors import OutsideFailure
from jobtwin.store.models import Person
from jobtwin.store.sealing import SECOND_FACTORS, seal, unseal


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Keeps seeds and recovery codes encrypted under a key that is derived from the secret of the server."""

    def encrypt(self, text: str) -> str:
        """The text as it is stored."""
        return seal(text, purpose=SECOND_FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        """The stored text. Raises OutsideFailure where the server's secret was changed since."""
        try:
            return unseal(encrypted_text, purpose=SECOND_FACTORS)
        except OutsideFailure as error:
            raise OutsideFailure(
                "your second factor cannot be read; ask an operator to remove it", retry=False
            ) from error


def lacks_second_factor(request: HttpRequest, person: Person) -> str:
    """The name of the page where the person makes up for a missing second factor; empty where none is.

    It counts what this very session was signed in with: a session from before does not become strong.
    """
    if not settings.JOBTWIN.sign_in.operator_mfa:
        return ""
    if not is_mfa_enabled(person, types=["totp", "webauthn"]):
        return "mfa_index"
    strong = any(one.get("method") == "mfa" for one in get_authentication_records(request, person))
    return "" if strong else "mfa_reauthenticate"
