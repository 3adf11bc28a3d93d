"""`jobtwin programme`: programmes, and the first people in them; for whoever owns the machine."""

import click

from jobtwin.core.errors import NotFound

ROLES = ("operator", "mentor", "learner")


@click.group(epilog="Example: jobtwin programme invite default olga@example.org --role operator")
def command() -> None:
    """Make programmes and invite people; operators do the rest in the browser."""


@command.command(epilog='Example: jobtwin programme add harbour "Harbour school" --invited-only')
@click.argument("slug")
@click.argument("title")
@click.option("--invited-only", is_flag=True, help="Only invited learners may start its exams.")
def add(slug: str, title: str, invited_only: bool) -> None:
    """Make a programme named SLUG, which stands in addresses."""
    from jobtwin.config.database import setup_django

    setup_django()
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.store.models import Enrolment

    enrolment = Enrolment.INVITED if invited_only else Enrolment.OPEN
    made = create_programme(slug=slug, rules=Rules(title, enrolment=enrolment))
    click.echo(f"{made.slug} is made; invite its operator: jobtwin programme invite {made.slug} ADDRESS")


@command.command("list", epilog="Example: jobtwin programme list")
def list_programmes() -> None:
    """List programmes with how many people hold each role."""
    from jobtwin.config.database import setup_django

    setup_django()
    from django.db.models import Count

    from jobtwin.store.models import Programme

    for one in Programme.objects.order_by("slug"):
        counts = one.memberships.values_list("role").annotate(people=Count("pk")).order_by("role")
        people = ", ".join(f"{people} {role}" for role, people in counts) or "nobody"
        click.echo(f"{one.slug:20}  {one.title}  ({one.enrolment}; {people})")


@command.command(epilog="Example: jobtwin programme invite default olga@example.org --role operator")
@click.argument("slug")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="operator", show_default=True)
def invite(slug: str, email: str, role: str) -> None:
    """Print a link that the account with the address EMAIL can use once to take a role."""
    from jobtwin.config.database import setup_django

    setup_django()
    from django.conf import settings
    from django.urls import reverse

    from jobtwin.services.invitation import invite as make_invitation
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Programme, Role

    programme = Programme.objects.filter(slug=slug).first()
    if programme is None:
        raise NotFound(f"there is no programme {slug}; see `jobtwin programme list`")
    made, text = make_invitation(
        programme=programme, email=email, role=Role(role), actor=None, now=database_now()
    )
    click.echo(f"{settings.JOBTWIN.origin}{reverse('invitation', args=[text])}")
    click.echo(f"for {made.email}, once, until {made.expires_at:%Y-%m-%d %H:%M} UTC", err=True)
