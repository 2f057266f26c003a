"""Looking after the installation: whether the record holds, and what background work does."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import scope
from pingzhan.core.jobs import dismiss, job_counts, jobs_set_aside, latest_job, run_again, worker_is_alive
from pingzhan.core.paging import page
from pingzhan.journal.operations import record
from pingzhan.journal.queries import (
    NotSealed,
    TreeDamaged,
    entries_page,
    entry_within,
    inclusion_proof,
    is_as_sealed,
    latest_head,
    unsealed_count,
)
from pingzhan.journal.tasks import verify_journal
from pingzhan.matters.queries.lists import numbers_by_id
from pingzhan.places.names import place_lines
from pingzhan.web.desk.verbs import actor_label, state_label, subject_label, verb_label
from pingzhan.web.guards import needs

PAGE = 20


# --- the journal ----------------------------------------------------------------------------------------------------


@require_safe
@needs(P.JOURNAL_VIEW)
def journal(request: HttpRequest) -> HttpResponse:
    """How much is sealed, whether it was found right, and the entries of the actor's own area."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if getattr(request, "htmx", False) and request.htmx.target == "verification":  # type: ignore[attr-defined]
        return render(request, "desk/parts/verification.html", {"verification": verification(actor)})
    reach = scope(actor, P.JOURNAL_VIEW, path="place_path")
    found = entries_page(reach, after=request.GET.get("after"), limit=PAGE)
    asked = request.GET.get("uid", "").strip()
    head = latest_head()
    context = {
        "head": head,
        "root": head.root.hex() if head else "",
        "unsealed": unsealed_count(),
        "worker": worker_is_alive(at=request.at),  # type: ignore[attr-defined]
        "verification": verification(actor),
        "rows": entry_rows(found.items),
        "next": found.next or "",
        "uid": asked[:60],
        "proof": proof_of(reach, asked) if asked else None,
    }
    return render(request, "desk/journal.html", context)


@require_POST
@needs(P.JOURNAL_VIEW)
def verify(request: HttpRequest) -> HttpResponse:
    """Have the whole journal checked in the background; one check at a time is enough."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    job = latest_job(verify_journal)
    if job is None or job.status not in {"READY", "RUNNING"}:
        with transaction.atomic():
            result = verify_journal.enqueue()
            record(
                verb="journal.verify", by=actor, at=request.at, subject_type="job", subject_id=UUID(result.id),  # type: ignore[attr-defined]
                place_path=actor.holding(P.JOURNAL_VIEW)[0].path,
            )  # fmt: skip
    if getattr(request, "htmx", False):
        return render(request, "desk/parts/verification.html", {"verification": verification(actor)})
    return redirect("desk:journal")


def verification(actor: Actor) -> dict[str, Any]:
    """How the newest check stands. state: none, waiting, running, holds, wrong, failed.

    Where the entry at fault lies outside of the actor's area, only that there is one is told.
    """
    job = latest_job(verify_journal)
    if job is None:
        return {"state": "none"}
    at = job.finished_at or job.started_at or job.enqueued_at
    if job.status in {"READY", "RUNNING"}:
        return {"state": "waiting" if job.status == "READY" else "running", "at": at}
    report = job.return_value if isinstance(job.return_value, dict) else None
    if job.status != "SUCCESSFUL" or report is None:
        return {"state": "failed", "at": at}
    shown = {"at": at, "sealed": report["sealed"], "unsealed": report["unsealed"], "seconds": report["seconds"]}
    finding = report.get("finding")
    if not finding:
        return shown | {"state": "holds"}
    reach = scope(actor, P.JOURNAL_VIEW, path="place_path")
    named = bool(finding.get("uid")) and entry_within(reach, UUID(finding["uid"])) is not None
    whole = bool(actor.holding(P.JOBS_VIEW))
    return shown | {"state": "wrong", "finding": finding if named or whole else None, "kind": finding["kind"]}


def entry_rows(entries: list[Any]) -> list[dict[str, Any]]:
    """Entries in words; two statements more, for the names of places and the numbers of matters."""
    names = place_lines({entry.place_path for entry in entries if entry.place_path})
    numbers = numbers_by_id({entry.subject_id for entry in entries if entry.subject_type == "matter"})
    return [
        {
            "entry": entry,
            "verb": verb_label(entry.verb),
            "who": actor_label(entry),
            "place": names.get(entry.place_path, ""),
            "subject": subject_label(entry.subject_type),
            "number": numbers.get(entry.subject_id, ""),
            "from": state_label(entry.from_state, entry.subject_type),
            "to": state_label(entry.to_state, entry.subject_type),
        }
        for entry in entries
    ]


def proof_of(reach: Any, asked: str) -> dict[str, Any]:
    """An entry with the proof that it is in the tree. state: unknown, unsealed, damaged, holds, broken."""
    try:
        entry = entry_within(reach, UUID(asked))
    except ValueError:
        entry = None
    if entry is None:
        return {"state": "unknown"}
    shown = {"row": entry_rows([entry])[0]}
    try:
        proof = inclusion_proof(entry)
    except NotSealed:
        return shown | {"state": "unsealed"}
    except TreeDamaged:
        return shown | {"state": "damaged"}
    return shown | {"state": "holds" if is_as_sealed(entry, proof) else "broken", "proof": proof.as_json()}


# --- background work ------------------------------------------------------------------------------------------------


@require_safe
@needs(P.JOBS_VIEW)
def jobs(request: HttpRequest) -> HttpResponse:
    """How much waits and runs, and what was set aside and waits for a person."""
    found = page(jobs_set_aside(), order=("-finished_at", "id"), after=request.GET.get("after"), limit=PAGE)
    rows = [
        {
            "job": job,
            "name": job.task_path.rpartition(".")[2],
            "attempts": len(job.worker_ids),
            "error": last_line(job.traceback) or job.exception_class_path,
        }
        for job in found.items
    ]
    context = {"counts": job_counts(), "worker": worker_is_alive(at=request.at), "rows": rows, "next": found.next or ""}  # type: ignore[attr-defined]
    return render(request, "desk/jobs.html", context)


def last_line(traceback: str) -> str:
    """What went wrong in one line, without the way there."""
    return next((line.strip()[:300] for line in reversed(traceback.splitlines()) if line.strip()), "")


@require_POST
@needs(P.JOBS_VIEW)
def job(request: HttpRequest, job_id: UUID, act: str) -> HttpResponse:
    """Run a job that was set aside again, or give it up; on record."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    with transaction.atomic():
        done = run_again(job_id, at=at) if act == "run_again" else dismiss(job_id)
        if done:
            record(
                verb=f"job.{act}", by=actor, at=at, subject_type="job", subject_id=job_id,
                place_path=actor.holding(P.JOBS_VIEW)[0].path,
            )  # fmt: skip
    if done:
        messages.success(request, _("已重新排队。") if act == "run_again" else _("已放弃，不再运行。"))
    else:
        messages.warning(request, _("这个任务已不在搁置之列，可能刚刚由他人处理过。"))
    return redirect("desk:jobs")
