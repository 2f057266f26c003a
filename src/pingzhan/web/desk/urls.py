from django.urls import path

from pingzhan.web.desk import appointing, coverage, notices, persons, queue, report, sheet, system, units, workbooks

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
    path("units/", units.units, name="units"),
    path("units/new/", units.edit, name="unit_new"),
    path("units/import/", workbooks.units, name="units_import"),
    path("units/<uuid:unit_id>/", units.unit, name="unit"),
    path("units/<uuid:unit_id>/edit/", units.edit, name="unit_edit"),
    path("units/<uuid:unit_id>/end/", units.end, name="unit_end"),
    path("units/<uuid:unit_id>/staff/", units.hire, name="unit_staff"),
    path("persons/", persons.persons, name="persons"),
    path("persons/new/", persons.edit, name="person_new"),
    path("persons/doubles/", persons.doubles, name="doubles"),
    path("persons/leaders/", workbooks.leaders, name="leaders_import"),
    path("persons/<uuid:person_id>/", persons.person, name="person"),
    path("persons/<uuid:person_id>/edit/", persons.edit, name="person_edit"),
    path("persons/<uuid:person_id>/phone/", persons.phone, name="person_phone"),
    path("persons/<uuid:person_id>/account/", persons.account, name="person_account"),
    path("persons/<uuid:person_id>/appoint/", persons.appoint, name="person_appoint"),
    path("persons/<uuid:person_id>/merge/<uuid:other_id>/", persons.merge, name="person_merge"),
    path("merges/<uuid:merge_id>/undo/", persons.unmerge, name="unmerge"),
    path("offices/<uuid:appointment_id>/", appointing.office, name="office"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/gaps/", coverage.gaps, name="gaps"),
    path("coverage/fill/", coverage.fill, name="fill"),
    path("journal/", system.journal, name="journal"),
    path("journal/verify/", system.verify, name="verify"),
    path("jobs/", system.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/again/", system.job, {"act": "run_again"}, name="job_again"),
    path("jobs/<uuid:job_id>/dismiss/", system.job, {"act": "dismiss"}, name="job_dismiss"),
]
