"""The portal: what residents see, most of it without signing in."""

from django.urls import path

from pingzhan.web import inbox
from pingzhan.web.portal import check_in, maps, membership, mine, notices, pages, report, similar, team, track

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("help/", pages.help_page, name="help"),
    path("report/", report.report, name="report"),
    path("report/hint/", report.hint, name="hint"),
    path("report/similar/", similar.similar, name="similar"),
    path("report/follow/", similar.follow, name="follow"),
    path("report/places/", report.places, name="places"),
    path("report/<slug:number>/", report.receipt, name="receipt"),
    path("map/outlines", maps.map_outlines, name="outlines"),
    path("map/place", maps.map_place, name="place"),
    path("check-in/", check_in.check_in, {"kind": "member"}, name="check_in"),
    path("check-in/mobile/", check_in.check_in, {"kind": "mobile"}, name="check_in_mobile"),
    path("check-in/done/", check_in.checked_in, name="checked_in"),
    path("track/", track.track, name="track"),
    path("track/forget/", track.forget_all, name="forget"),
    path("track/<slug:number>/", track.matter_page, name="matter"),
    path("track/<slug:number>/<slug:step>/", track.step, name="step"),
    path("mine/", mine.matters, name="mine"),
    path("mine/data/", mine.data, name="data"),
    path("mine/data/phone/", mine.confirm_phone, name="confirm_phone"),
    path("mine/messages/", inbox.inbox, name="inbox"),
    path("mine/messages/read/", inbox.read, name="inbox_read"),
    path("mine/team/", team.team, name="team"),
    path("mine/asks/<uuid:ask_id>/", team.answer, name="answer"),
    path("mine/check-ins/<uuid:check_in_id>/correct/", membership.correct, name="membership_correct"),
    path("mine/check-ins/<uuid:check_in_id>/<slug:act>/", membership.act, name="membership"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:notice>/", notices.notice, name="notice"),
]
