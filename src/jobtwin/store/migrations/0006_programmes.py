"""Programmes: what was there before belongs to the default one, which offers every version."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

FILL = """
    INSERT INTO store_programme (slug, title, enrolment, hide_learners, release)
        VALUES ('default', 'Exams', 'open', true, 'signed');
    UPDATE store_attempt SET programme_id = (SELECT id FROM store_programme WHERE slug = 'default');
    UPDATE store_membership SET programme_id = (SELECT id FROM store_programme WHERE slug = 'default');
    INSERT INTO store_offer (programme_id, brief_version_id, offered_at)
        SELECT programme.id, version.id, version.published_at
        FROM store_programme AS programme, store_briefversion AS version WHERE programme.slug = 'default';
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_readings_of_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                (
                    "enrolment",
                    models.CharField(
                        choices=[("open", "whoever signs in"), ("invited", "invited learners only")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("hide_learners", models.BooleanField(default=True)),
                (
                    "release",
                    models.CharField(
                        choices=[
                            ("signed", "as soon as it is signed"),
                            ("held", "once an operator releases all of them"),
                        ],
                        default="signed",
                        max_length=8,
                    ),
                ),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("marking_cap", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_once",
        ),
        migrations.AddField(
            model_name="offer",
            name="brief_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="store.briefversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("enrolment__in", ["open", "invited"])), name="programme_enrolment_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("release__in", ["signed", "held"])), name="programme_release_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("marking_cap__isnull", True), ("marking_cap__gte", 1), _connector="OR"),
                name="programme_cap_positive",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="store.programme"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="programme",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="store.programme",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="programme",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="store.programme",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="attempt",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="store.programme"
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="store.programme"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("person", "programme", "role"), name="membership_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(fields=("programme", "brief_version"), name="offer_once"),
        ),
    ]
