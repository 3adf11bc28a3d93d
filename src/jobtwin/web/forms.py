"""What the sign-up asks beside address and password."""

from django import forms
from django.http import HttpRequest

from jobtwin.store.models import Person


class NameForm(forms.Form):
    """A name, which a credential will carry in salted form."""

    name = forms.CharField(
        max_length=120, label="Your name", widget=forms.TextInput({"autocomplete": "name"})
    )

    def signup(self, _request: HttpRequest, user: Person) -> None:
        """Called by allauth once the account is made."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
