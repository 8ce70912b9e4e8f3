"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from permanence import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("language/", set_language, name="set_language"),
    path("welcome/<str:token>/", views.first_owner, name="first_owner"),
    # An address is changed by the bureau: allauth's own page would let a stolen session do it.
    path(
        "accounts/email/",
        RedirectView.as_view(pattern_name="portal:account"),
        name="account_email",
    ),
    path("accounts/", include("allauth.urls")),
    path("desk/", include("desk.urls")),
    path("portal/", include("portal.urls")),
    path("p/", include("public.urls")),
    path("r/", include("public.visit_urls")),
    path("ical/", include("public.ical_urls")),
    path("settings/", admin.site.urls),
    path("telephony/twilio/", include("calls.urls")),
    path("api/v1/cti/", include("calls.cti_urls")),
    path("telephony/twilio/messages/", include("messages_app.urls")),
]

if settings.TELEPHONY == "interpreter":
    urlpatterns.append(path("operator/", include("calls.telephony.interpreter.urls")))
