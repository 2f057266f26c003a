"""What is suggested for new matters, how good it is, and which version is in use."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.permissions import Permission as P
from pingzhan.core.jobs import latest_job, worker_is_alive
from pingzhan.matters import operations
from pingzhan.matters.choices import Target
from pingzhan.matters.learning.training import LEAST_EXAMPLES, LEAST_OF_A_LABEL
from pingzhan.matters.queries.suggestion import examples_ready, version_by_id, versions
from pingzhan.matters.tasks import train_suggestions
from pingzhan.web.guards import needs

SHOWN = 8  # versions of each


@require_safe
@needs(P.MATTER_LEARN)
def suggestions(request: HttpRequest) -> HttpResponse:
    """The versions with how they did on matters that they had not seen."""
    job = latest_job(train_suggestions)
    at: Any = request.at  # type: ignore[attr-defined]
    context = {
        "targets": [{"label": target.label, "code": target.value, "rows": _rows(target)} for target in Target],
        "training": _training(job),
        "worker": worker_is_alive(at=at),
        "least": LEAST_EXAMPLES,
        "ready": examples_ready(LEAST_EXAMPLES) if job is None else 0,
        "least_each": LEAST_OF_A_LABEL,
    }
    return render(request, "desk/suggestions.html", context)


def _share(value: float) -> str:
    return f"{value:.0%}"


def _rows(target: Target) -> list[dict[str, Any]]:
    return [
        {
            "version": version,
            "never": version.threshold > 1,
            "shares": [
                (_("全部都答时的正确率"), _share(version.measured["accuracy"])),
                (_("各类平均（macro-F1）"), _share(version.measured["macro_f1"])),
                (_("总猜最多的一类"), _share(version.measured["majority"])),
                *([(_("只用关键词"), _share(version.measured["keywords"]))] if "keywords" in version.measured else []),
                (_("有把握才说的比例"), _share(version.measured["coverage"])),
                (_("有把握时的正确率"), _share(version.measured["precision"])),
            ],
        }
        for version in versions(target)[:SHOWN]
    ]


def _training(job: Any) -> dict[str, Any]:
    """How the latest training stands. state: none, running, failed, little, done."""
    if job is None:
        return {"state": "none"}
    if job.status in {"READY", "RUNNING"}:
        return {"state": "running"}
    if job.status != "SUCCESSFUL" or not isinstance(job.return_value, dict):
        return {"state": "failed"}
    state = "done" if any(job.return_value.values()) else "little"
    return {"state": state, "at": job.finished_at}


@require_POST
@needs(P.MATTER_LEARN)
def train(request: HttpRequest) -> HttpResponse:
    """Have it learned anew in the background; one training at a time is enough."""
    job = latest_job(train_suggestions)
    if job is None or job.status not in {"READY", "RUNNING"}:
        train_suggestions.enqueue()
    messages.success(request, _("已安排训练，完成后新版本会列在这里，由您决定是否启用。"))
    return redirect("desk:suggestions")


@require_POST
@needs(P.MATTER_LEARN)
def switch(request: HttpRequest, version_id: UUID, act: str) -> HttpResponse:
    """Put a version to use, an older one too, or out of use."""
    version = version_by_id(version_id)
    take = operations.activate_suggestion if act == "activate" else operations.stop_suggestion
    take(version=version, by=request.actor, at=request.at)  # type: ignore[attr-defined]
    messages.success(request, _("已启用这个版本。") if act == "activate" else _("已停用，改为只按关键词和规则。"))
    return redirect("desk:suggestions")
