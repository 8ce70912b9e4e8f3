"""The client's screens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The portal: no tables of its own."""

    name = "portal"
    verbose_name = _("Client area")
