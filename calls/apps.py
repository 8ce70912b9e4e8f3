"""The calls app: lines at work."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    """Registers the app."""

    name = "calls"
    verbose_name = _("Calls")
