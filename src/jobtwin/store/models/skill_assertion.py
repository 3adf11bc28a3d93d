"""Skill assertions."""

from django.db import models

from jobtwin.store.models.decision import Decision


class SkillAssertion(models.Model):
    """A skill asserted on a pass; the database itself refuses a weight above the ceiling."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="skill_assertions")
    skill = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    weight = models.DecimalField(max_digits=4, decimal_places=2)
    ceiling = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "skill"], name="skill_asserted_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0, weight__lte=models.F("ceiling"), ceiling__lte=1),
                name="skill_weight_within_ceiling",
            ),
        ]
