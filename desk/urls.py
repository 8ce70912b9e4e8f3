"""Addresses of the desk."""

from django.urls import path

from desk.views import (
    appointments,
    booking,
    call,
    emergency,
    follow_up,
    message,
    pages,
    search,
)

app_name = "desk"

urlpatterns = [
    path("", pages.home, name="home"),
    path("day/", pages.day, name="day"),
    path("follow-up/", follow_up.follow_up, name="follow_up"),
    path("follow-up/deliveries/<uuid:uuid>/resend/", follow_up.resend, name="resend"),
    path("follow-up/deliveries/<uuid:uuid>/arrived/", follow_up.arrived, name="arrived"),
    path("follow-up/deliveries/<uuid:uuid>/dismiss/", follow_up.dismiss, name="dismiss"),
    path("follow-up/messages/<uuid:uuid>/told/", follow_up.told, name="told"),
    path("keys/", pages.keys, name="keys"),
    path("presence/", call.presence, name="presence"),
    path("search/", search.search, name="search"),
    path("clients/<uuid:uuid>/", pages.client, name="client"),
    path("people/<uuid:uuid>/", pages.correspondent, name="correspondent"),
    path("calls/<uuid:uuid>/", pages.call, name="call"),
    path("calls/<uuid:uuid>/hang-up/", call.hang_up, name="hang_up"),
    path("calls/<uuid:uuid>/disposition/", call.disposition, name="disposition"),
    path("calls/<uuid:uuid>/caller/", call.caller, name="caller"),
    path("calls/<uuid:uuid>/caller/new/", call.new_caller, name="new_caller"),
    path("calls/<uuid:uuid>/people/", call.people, name="people"),
    path("calls/<uuid:uuid>/drafts/<slug:face>/", call.drafts, name="draft"),
    path("calls/<uuid:uuid>/week/", booking.week, name="week"),
    path("calls/<uuid:uuid>/slots/", booking.slots, name="slots"),
    path("calls/<uuid:uuid>/book/", booking.book, name="book"),
    path("calls/<uuid:uuid>/message/", message.message, name="message"),
    path("calls/<uuid:uuid>/message/preview/", message.preview, name="preview"),
    path("calls/<uuid:uuid>/emergency/", emergency.emergency, name="emergency"),
    path("appointments/<uuid:uuid>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:uuid>/move/", appointments.move, name="move"),
    path("appointments/<uuid:uuid>/cancel/", appointments.cancel, name="cancel"),
    path("appointments/<uuid:uuid>/undo/", appointments.undo, name="undo"),
]
