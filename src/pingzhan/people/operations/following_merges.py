"""When two entries of one person become one: check-ins, teams, skills, trainings follow; and go back when undone."""

from typing import Any

from django.db.models import Model, QuerySet

from pingzhan.people.choices import CheckInState, NominationState
from pingzhan.people.events import MergeUndone, PersonsMerged, listen
from pingzhan.people.models import CheckIn, Nomination, PersonSkill, PersonTraining, TalentAsk, TeamMember
from pingzhan.people.workflow import ACTIVE

# What points at a person, under the name by which the merge remembers what was moved.
ROWS: dict[str, type[Model]] = {
    "check_ins": CheckIn,
    "team_members": TeamMember,
    "skills": PersonSkill,
    "nominations": Nomination,
    "asks": TalentAsk,
    "trainings": PersonTraining,
}


@listen(PersonsMerged)
def follow(event: PersonsMerged) -> None:
    """Point everything at who is kept. Where both have the same, that of who is gone ends and stays with them."""
    kept, gone, at = event.kept, event.gone, event.at
    twice = _of(TeamMember, gone, until__isnull=True).filter(
        team__in=_of(TeamMember, kept, until__isnull=True).values("team")
    )
    twice.update(until=at)
    have = _of(PersonSkill, kept, until__isnull=True).values("skill")
    _of(PersonSkill, gone, until__isnull=True).filter(skill__in=have).update(until=at)
    for kind in _of(CheckIn, kept, state__in=sorted(ACTIVE)).values_list("kind", flat=True).order_by("kind"):
        both = _of(CheckIn, gone, state__in=sorted(ACTIVE), kind=kind)
        both.update(state=CheckInState.MERGED, state_at=at, due_at=None)
    for team, post in _of(Nomination, kept, state=NominationState.OPEN).values_list("team", "post").order_by("pk"):
        again = _of(Nomination, gone, state=NominationState.OPEN, team=team, post=post)
        again.update(state=NominationState.DECLINED, decided_at=at)
    for name, model in ROWS.items():
        rows = _of(model, gone)
        if model is TalentAsk:  # asked twice: the answer of who is kept counts
            rows = rows.exclude(request__in=_of(TalentAsk, kept).values("request"))
        if model is PersonTraining:  # entered for both: that of who is gone stays with them, and counts again if undone
            rows = rows.exclude(pk__in=_trained_twice(kept, gone))
        event.moved[name] = [str(pk) for pk in rows.values_list("pk", flat=True).order_by("pk")]
        _all(model).filter(pk__in=event.moved[name]).update(person=kept)


@listen(MergeUndone)
def go_back(event: MergeUndone) -> None:
    """They were two after all: what was moved is theirs again; what ended at the merge stays ended."""
    for name, model in ROWS.items():
        _all(model).filter(pk__in=event.moved.get(name, [])).update(person=event.gone)


def _trained_twice(kept: Any, gone: Any) -> list[Any]:
    """The trainings of who is gone that who is kept was entered for on the same day."""
    have = set(_of(PersonTraining, kept, withdrawn_at__isnull=True).values_list("training", "on").order_by("pk"))
    rows = _of(PersonTraining, gone, withdrawn_at__isnull=True).values_list("pk", "training", "on").order_by("pk")
    return [pk for pk, training, on in rows if (training, on) in have]


def _of(model: type[Model], person: Any, **filters: Any) -> QuerySet[Any]:
    return _all(model).filter(person=person, **filters)


def _all(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.all()
