"""Addresses that carry their own key."""

from django.urls import URLPattern, path

from public import views

app_name = "public"

urlpatterns: list[URLPattern] = [
    path("m/<str:token>/", views.message, name="message"),
]
