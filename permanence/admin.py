"""The settings' pages as a whole: their name, and what of other packages has no place on them."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Permanence · settings")
admin.site.site_title = _("Permanence")
admin.site.index_title = _("Settings of this installation")
admin.site.site_url = "/desk/"

# What people may do is a grant in their bureau; addresses, passkeys and sessions are the people's
# own.
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)
admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)
