"""The operator's addresses."""

from django.urls import path

from calls import webhooks

app_name = "twilio"
urlpatterns = [
    path("voice/", webhooks.voice, name="voice"),
    path("status/", webhooks.status, name="status"),
    path("calls/<uuid:call_uuid>/dialled/", webhooks.dialled, name="dialled"),
    path("calls/<uuid:call_uuid>/legs/<uuid:endpoint_uuid>/", webhooks.leg, name="leg"),
    path("calls/<uuid:call_uuid>/whisper/<uuid:endpoint_uuid>/", webhooks.whisper, name="whisper"),
    path("calls/<uuid:call_uuid>/accept/<uuid:endpoint_uuid>/", webhooks.accept, name="accept"),
]
