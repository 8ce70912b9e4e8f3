"""The interpreter's addresses: Twilio's REST API, the simulator, the outbox."""

from django.urls import path

from calls.telephony.interpreter import outbox, views
from calls.telephony.interpreter.rest_view import rest

app_name = "interpreter"
urlpatterns = [
    path("2010-04-01/<path:resource>", rest, name="rest"),
    path("", views.simulator, name="simulator"),
    path("state/", views.state, name="state"),
    path("call/", views.call, name="call"),
    path("caller/", views.caller, name="caller"),
    path("telephone/", views.telephone, name="telephone"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<str:name>/", outbox.letter_html, name="letter"),
]
