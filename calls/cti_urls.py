"""The address at which other people's exchanges tell of their calls."""

from django.urls import path

from calls.webhooks.cti import cti

app_name = "cti"
urlpatterns = [path("<str:token>/", cti, name="event")]
