"""The command face: the switch, what is in force, and the plans behind it."""

from django.urls import path

from pingzhan.web.command import another_level, head, items, plans, proposals, readiness, responses, switch
from pingzhan.web.command.plan_format import plan_format

app_name = "command"

urlpatterns = [
    path("", responses.home, name="home"),
    path("switch/", switch.choose, name="switch"),
    path("preview/", switch.preview, name="preview"),
    path("preview/export/", switch.export, name="export"),
    path("activate/", switch.activate, name="activate"),
    path("responses/<uuid:response_id>/", responses.response, name="response"),
    path("responses/<uuid:response_id>/another-level/", another_level.level, name="level"),
    path("responses/<uuid:response_id>/<slug:act>/", responses.act, name="act"),
    path("proposals/<uuid:proposal_id>/<slug:act>/", proposals.decide, name="proposal"),
    path("signals/", proposals.signals, name="signals"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new, name="plan_new"),
    path("plans/format/", plan_format, name="plan_format"),
    path("plans/<str:code>/", plans.plan, name="plan"),
    path("plans/<str:code>/readiness/", readiness.ready, name="readiness"),
    path("plans/<str:code>/head/", head.head, name="plan_head"),
    path("plans/<str:code>/items/<slug:section>/", items.item, name="plan_item_new"),
    path("plans/<str:code>/items/<slug:section>/<str:item>/", items.item, name="plan_item"),
    path("plans/<str:code>/edit/", plans.edit, name="plan_edit"),
    path("plans/<str:code>/<uuid:version_id>/<slug:step>/", plans.step, name="plan_step"),
]
