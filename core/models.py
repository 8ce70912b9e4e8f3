"""What every table of the house shares."""

import uuid

from django.db import models
from django.utils import timezone


class Identified(models.Model):
    """A row with a number inside and a UUID for URLs, events and callbacks."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
