"""Gold submissions, the runs and controls that mentors mark, and copies of them that count in no exam."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_erasure"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalibrationCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("placed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CalibrationOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brief_id", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="GoldSubmission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brief_id", models.CharField(max_length=64)),
                ("agreed", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_number_once",
        ),
        migrations.AddField(
            model_name="attempt",
            name="calibration",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("calibration", False)),
                fields=("learner", "brief_id", "number"),
                name="attempt_number_once",
            ),
        ),
        migrations.AddField(
            model_name="calibrationcase",
            name="mentor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calibration_cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="calibrationcase",
            name="submission",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calibration_case",
                to="store.submission",
            ),
        ),
        migrations.AddField(
            model_name="calibrationopening",
            name="mentor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calibration_openings",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="calibrationcase",
            name="opening",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="store.calibrationopening",
            ),
        ),
        migrations.AddField(
            model_name="goldsubmission",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="goldsubmission",
            name="submission",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="gold", to="store.submission"
            ),
        ),
        migrations.AddField(
            model_name="calibrationcase",
            name="gold",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="store.goldsubmission"
            ),
        ),
        migrations.AddIndex(
            model_name="calibrationopening",
            index=models.Index(fields=["mentor", "brief_id"], name="opening_of_mentor"),
        ),
        migrations.AddConstraint(
            model_name="calibrationcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("opening__isnull", True)),
                fields=("gold", "mentor"),
                name="control_once",
                violation_error_message="a mentor is given a gold submission as a control once",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibrationcase",
            constraint=models.UniqueConstraint(fields=("gold", "opening"), name="gold_once_in_a_run"),
        ),
    ]
