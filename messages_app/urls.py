"""What the operator calls back about messages."""

from django.urls import path

from messages_app import webhooks

app_name = "twilio_messages"

urlpatterns = [
    path("<uuid:delivery>/<str:signature>/", webhooks.status, name="status"),
]
