"""The interpreter's addresses: Twilio's REST API, the simulator, the outbox."""

from django.urls import path

from calls.telephony.interpreter import outbox, training, views
from calls.telephony.interpreter.access import for_players
from calls.telephony.interpreter.rest_view import rest

app_name = "interpreter"
urlpatterns = [
    path("2010-04-01/<path:resource>", rest, name="rest"),
    path("", for_players(views.simulator), name="simulator"),
    path("state/", for_players(views.state), name="state"),
    path("call/", for_players(views.call), name="call"),
    path("caller/", for_players(views.caller), name="caller"),
    path("telephone/", for_players(views.telephone), name="telephone"),
    path("crowd/", for_players(training.crowd), name="crowd"),
    path("trouble/", for_players(training.trouble), name="trouble"),
    path("outbox/", for_players(outbox.outbox), name="outbox"),
    path("outbox/<str:name>/", for_players(outbox.letter_html), name="letter"),
]
