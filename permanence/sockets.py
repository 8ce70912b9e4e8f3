"""The addresses of the live screens."""

from django.urls import path

from desk.consumers import DeskConsumer
from portal.consumers import PortalConsumer

SOCKETS = [
    path("ws/desk/", DeskConsumer.as_asgi()),
    path("ws/portal/", PortalConsumer.as_asgi()),
]
