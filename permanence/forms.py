"""The form of the owner's first account."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _


class FirstOwnerForm(forms.Form):
    """Who owns this installation."""

    full_name = forms.CharField(label=_("Your name"), max_length=150)
    bureau_name = forms.CharField(label=_("Name of your permanence"), max_length=150)
    email = forms.EmailField(label=_("E-mail"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )

    def clean_password(self) -> str:
        """Refuse what is guessed at once."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password
