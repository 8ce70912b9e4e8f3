"""Addresses that calendar programs subscribe to."""

from django.urls import URLPattern, path

from public import calendar_feed

app_name = "ical"

urlpatterns: list[URLPattern] = [
    path("<str:token>.ics", calendar_feed.calendar, name="calendar"),
]
