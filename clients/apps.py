"""The clients app: whom we answer for, and who may see what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    """Registers the app."""

    name = "clients"
    verbose_name = _("Clients")
