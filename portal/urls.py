"""Addresses of the portal."""

from django.urls import URLPattern, path

from portal.views import (
    account,
    activity,
    agenda,
    appointments,
    exports,
    free_time,
    home,
    instructions,
    load,
    messages,
    notices,
)

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("account/", account.account, name="account"),
    path("<uuid:client>/agenda/", agenda.agenda, name="agenda"),
    path("<uuid:client>/week/", agenda.week, name="week"),
    path("<uuid:client>/seen/", agenda.seen, name="seen"),
    path("<uuid:client>/free/", free_time.free, name="free"),
    path("changes/<uuid:change>/undo/", agenda.undo, name="undo"),
    path("appointments/<uuid:appointment>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:appointment>/move/", appointments.move, name="move"),
    path("appointments/<uuid:appointment>/cancel/", appointments.cancel, name="cancel"),
    path("appointments/<uuid:appointment>/attendance/", appointments.attendance, name="attendance"),
    path("calendars/<uuid:calendar>/book/", free_time.book, name="book"),
    path("calendars/<uuid:calendar>/block/", free_time.block, name="block"),
    path("absences/<uuid:absence>/", free_time.absence, name="absence"),
    path("absences/<uuid:absence>/unblock/", free_time.unblock, name="unblock"),
    path("<uuid:client>/messages/", messages.messages, name="messages"),
    path("messages/<uuid:message>/", messages.message, name="message"),
    path("messages/<uuid:message>/acknowledge/", messages.acknowledge, name="acknowledge"),
    path("<uuid:client>/instructions/", instructions.instructions, name="instructions"),
    path("<uuid:client>/notices/", notices.notices, name="notices"),
    path("<uuid:client>/notices/preview/", notices.preview, name="notices_preview"),
    path("<uuid:client>/notices/shared/", notices.shared, name="notices_shared"),
    path("<uuid:client>/activity/", activity.activity, name="activity"),
    path("<uuid:client>/load/", load.load, name="load"),
    path("<uuid:client>/exports/", exports.exports, name="exports"),
    path("<uuid:client>/exports/days.pdf", exports.day_list, name="day_list"),
    path("<uuid:client>/exports/appointments.csv", exports.appointments, name="appointments_file"),
    path("calendars/<uuid:calendar>/address/", exports.make_address, name="make_address"),
    path("addresses/<uuid:feed>/revoke/", exports.revoke_address, name="revoke_address"),
]
