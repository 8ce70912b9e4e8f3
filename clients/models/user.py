"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.models import Identified
from core.privacy import YEAR, Personal


class UserManager(BaseUserManager["User"]):
    """Makes people from an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a person who signs in with this address; without a password she can't yet."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save the technical administrator of an installation."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(Identified, AbstractBaseUser, PermissionsMixin):
    """A person with an e-mail address: assistant, supervisor, or member of a client."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=150)
    first_name = models.CharField(_("first name, as colleagues say it"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    is_active = models.BooleanField(_("active"), default=True)
    # Her own keys on the desk, by action: {"face.message": "Digit2"}.
    shortcuts = models.JSONField(default=dict, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "email": Personal("signs in and receives what concerns the work", 3 * YEAR),
        "full_name": Personal("says who did what", 3 * YEAR),
        "first_name": Personal("says who did what", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"language", "shortcuts", "password"})

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_staff(self) -> bool:
        """Whether the settings' pages open: the technical administrator of the installation."""
        return self.is_superuser

    @property
    def supervised_bureaus(self) -> list[int]:
        """The bureaus in which she sees every client."""
        from clients.models.client import supervised_by

        return supervised_by(self)

    @property
    def called(self) -> str:
        """The name that colleagues and clients read: her first name where one is known."""
        return self.first_name or self.full_name
