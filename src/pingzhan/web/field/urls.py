"""The field pages: grid workers and building leaders, on a phone."""

from django.urls import path

from pingzhan.web import inbox, visits
from pingzhan.web.field import pages, report, taking, team, whistles

app_name = "field"
urlpatterns = [
    path("", pages.today, name="today"),
    path("report/", report.report, name="report"),
    path("visits/", visits.visits, name="visits"),
    path("visits/new/", visits.new, name="visit_new"),
    path("visits/<uuid:visit_id>/", visits.visit, name="visit"),
    path("done/", pages.done, name="done"),
    path("me/", pages.me, name="me"),
    path("messages/", inbox.inbox, name="inbox"),
    path("messages/read/", inbox.read, name="inbox_read"),
    path("team/", team.team, name="team"),
    path("team/<uuid:check_in_id>/", team.member, name="member"),
    path("whistles/<uuid:whistle_id>/", whistles.whistle, name="whistle"),
    path("whistles/<uuid:whistle_id>/<slug:step>/", whistles.step, name="whistle_step"),
    path("matters/<slug:number>/", pages.matter_page, name="matter"),
    path("matters/<slug:number>/contact/", pages.contact, name="contact"),
    path("matters/<slug:number>/taking/<slug:act>/", taking.taking, name="taking"),
    path("matters/<slug:number>/<slug:step>/", pages.step, name="step"),
]
