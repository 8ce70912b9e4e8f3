"""Every query starts from what this user may see."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from clients.models.user import User

Row = TypeVar("Row", bound=models.Model, covariant=True)
Viewer = "User | AnonymousUser"


class ScopedQuerySet(models.QuerySet[Row]):
    """Rows that hang below a client, reached by `client_path`."""

    client_path = "client"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Keep the rows of clients that this user may see."""
        from clients.models.client import Client

        clients = Client.objects.visible_to(user)
        return self.filter(**{f"{self.client_path}__in": clients})
