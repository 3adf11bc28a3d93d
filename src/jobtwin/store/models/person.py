"""People, and the roles each has in programmes."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from jobtwin.core.notification import Pace
from jobtwin.store.models.programme import Programme


class Role(models.TextChoices):
    """What a person does here. Nobody is a learner and a mentor of the same submission."""

    LEARNER = "learner"
    MENTOR = "mentor"
    OPERATOR = "operator"


class PersonManager(BaseUserManager["Person"]):
    """Makes people; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in by e-mail. Without any membership they learn in open programmes.

    `language` is that of their mails; empty: the installation's first.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    mail_pace = models.CharField(
        max_length=5, choices=[(one.value, one.value) for one in Pace], default=Pace.EACH.value
    )
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return "an erased account" if self.erased_at else self.name or self.email


class Membership(models.Model):
    """A role that a person holds in a programme."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "programme", "role"], name="membership_once"),
        ]
