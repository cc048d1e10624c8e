"""A table as wide as a row of our list, and a token to sign in with."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Row(models.Model):
    """What one line of a list of cases shows."""

    number = models.CharField(max_length=16, unique=True)
    short_number = models.CharField(max_length=16)
    stage = models.CharField(max_length=16)
    label = models.CharField(max_length=16)
    light = models.CharField(max_length=8)
    type = models.CharField(max_length=2)
    narrative = models.TextField()
    source = models.CharField(max_length=16)
    occurred_region = models.CharField(max_length=12)
    applicant = models.CharField(max_length=32)
    lead = models.CharField(max_length=32)
    complexity = models.CharField(max_length=16)
    risk = models.CharField(max_length=8)
    round = models.IntegerField()
    visits = models.IntegerField()
    registered_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    claim_due_at = models.DateTimeField(null=True)
    handling_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField()
    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["-registered_at", "-id"], name="row_newest_first")]

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """A line of history, for the floor of a write."""

    row = models.ForeignKey(Row, models.PROTECT)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    data = models.JSONField()

    def __str__(self) -> str:
        return self.kind


class Token(models.Model):
    """A person's key to the API."""

    key = models.CharField(max_length=40, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    objects: ClassVar[models.Manager["Token"]] = models.Manager()

    def __str__(self) -> str:
        return self.key
