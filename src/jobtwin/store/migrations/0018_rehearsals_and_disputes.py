"""Rehearsals, disputes, and submissions by the clock."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_second_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="by_clock_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("raised_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "check_record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="store.checkrecord",
                    ),
                ),
            ],
            options={
                "ordering": ["raised_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="dispute_answered_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=2000)),
                ("artifact", models.CharField(blank=True, max_length=2000)),
                ("commit", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("checks", models.JSONField(blank=True, null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsals",
                        to="store.attempt",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "number"), name="rehearsal_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checks__isnull", True), ("finished_at__isnull", True)),
                            models.Q(("checks__isnull", False), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="rehearsal_finished_whole",
                    ),
                ],
            },
        ),
    ]
