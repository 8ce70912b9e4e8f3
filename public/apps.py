"""What opens without an account."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicConfig(AppConfig):
    """Pages whose key is in their address: no tables of their own."""

    name = "public"
    verbose_name = _("Public pages")
