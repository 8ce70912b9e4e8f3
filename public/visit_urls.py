"""Short addresses for SMS: each carries the key of one appointment's notice."""

from django.urls import URLPattern, path

from public import visits

app_name = "visit"

urlpatterns: list[URLPattern] = [
    path("<slug:key>", visits.visit, name="visit"),
    path("<slug:key>/confirm", visits.confirm, name="confirm"),
    path("<slug:key>/cancel", visits.cancel, name="cancel"),
    path("<slug:key>/stop", visits.stop, name="stop"),
]
