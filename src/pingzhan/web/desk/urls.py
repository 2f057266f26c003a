from django.urls import path

from pingzhan.web.desk import notices, queue, report, sheet, system

app_name = "desk"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("bulk/", queue.bulk, name="bulk"),
    path("report/", report.report, name="report"),
    path("matters/<slug:number>/", sheet.sheet, name="sheet"),
    path("matters/<slug:number>/contact/", sheet.contact, name="contact"),
    path("matters/<slug:number>/<slug:step>/", sheet.step, name="step"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:notice_id>/take-down/", notices.take_down, name="take_down"),
    path("journal/", system.journal, name="journal"),
    path("journal/verify/", system.verify, name="verify"),
    path("jobs/", system.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/again/", system.job, {"act": "run_again"}, name="job_again"),
    path("jobs/<uuid:job_id>/dismiss/", system.job, {"act": "dismiss"}, name="job_dismiss"),
]
