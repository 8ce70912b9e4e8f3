"""The messages app: noted, filtered, relayed until somebody acknowledges."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    """Registers the app."""

    name = "messages_app"
    verbose_name = _("Messages")
