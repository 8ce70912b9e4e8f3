"""The operator's addresses."""

from django.urls import path

from calls.webhooks import incoming, outgoing, queue, talk, thirds, voicemail

app_name = "twilio"
urlpatterns = [
    path("voice/", incoming.voice, name="voice"),
    path("status/", incoming.status, name="status"),
    path("calls/<uuid:call_uuid>/waiting/", queue.waiting, name="waiting"),
    path("calls/<uuid:call_uuid>/waited/", queue.waited, name="waited"),
    path("calls/<uuid:call_uuid>/offered/", queue.offered, name="offered"),
    path("calls/<uuid:call_uuid>/declined/", queue.declined, name="declined"),
    path("calls/<uuid:call_uuid>/place/<slug:role>/", talk.place, name="place"),
    path("calls/<uuid:call_uuid>/out/<uuid:endpoint_uuid>/", outgoing.ring_out, name="ring_out"),
    path("calls/<uuid:call_uuid>/callee/", outgoing.callee, name="callee"),
    path("calls/<uuid:call_uuid>/alone/", talk.alone, name="alone"),
    path("calls/<uuid:call_uuid>/third/", thirds.third, name="third"),
    path("calls/<uuid:call_uuid>/third/whisper/", thirds.third_whisper, name="third_whisper"),
    path("calls/<uuid:call_uuid>/third/accept/", thirds.third_accept, name="third_accept"),
    path("calls/<uuid:call_uuid>/voicemail/", voicemail.voicemail, name="voicemail"),
    path("calls/<uuid:call_uuid>/recorded/", voicemail.recorded, name="recorded"),
    path("calls/<uuid:call_uuid>/conversation/", voicemail.conversation, name="conversation"),
    path("calls/<uuid:call_uuid>/dialled/", incoming.dialled, name="dialled"),
    path("calls/<uuid:call_uuid>/legs/<uuid:endpoint_uuid>/", incoming.leg, name="leg"),
    path("calls/<uuid:call_uuid>/whisper/<uuid:endpoint_uuid>/", incoming.whisper, name="whisper"),
    path("calls/<uuid:call_uuid>/accept/<uuid:endpoint_uuid>/", incoming.accept, name="accept"),
]
