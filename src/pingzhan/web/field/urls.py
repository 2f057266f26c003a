"""The field pages: grid workers and building leaders, on a phone."""

from django.urls import path

from pingzhan.web.field import pages, report

app_name = "field"
urlpatterns = [
    path("", pages.today, name="today"),
    path("report/", report.report, name="report"),
    path("done/", pages.done, name="done"),
    path("me/", pages.me, name="me"),
    path("matters/<slug:number>/", pages.matter_page, name="matter"),
    path("matters/<slug:number>/contact/", pages.contact, name="contact"),
    path("matters/<slug:number>/<slug:step>/", pages.step, name="step"),
]
