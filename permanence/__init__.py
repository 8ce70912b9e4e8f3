"""Puts the house together; nobody imports it."""

from permanence.celery import app as celery_app

__all__ = ["celery_app"]
