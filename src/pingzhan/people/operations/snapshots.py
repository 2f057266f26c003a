"""How well places are covered, written down once a day."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from pingzhan.people.models import CoverageDay
from pingzhan.people.queries.coverage import Figure, coverage, coverage_below, required_posts
from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level, tops

# Below a community the figures change too seldom to be kept.
_KEPT = (Level.CITY, Level.DISTRICT, Level.STREET)


@transaction.atomic
def note_coverage(*, at: datetime) -> int:
    """Keep today's figures of everything from the top down to the communities; rows written, 0 when they are there.

    Two statements a street and for each level above. Several workers may do so at once: the first one's rows stay.
    """
    day = timezone.localtime(at).date()
    roots = list(tops())
    if not roots or CoverageDay.objects.filter(path__in=[root.path for root in roots], day=day).exists():
        return 0
    rows: list[CoverageDay] = []
    for root in roots:
        posts = required_posts(root.path)
        rows += _rows(day, root.path, coverage(root.path, posts))
        for level in _KEPT:
            for place in at_level(level, within=[root.path]):
                for path, figures in coverage_below(place.path, posts).items():
                    rows += _rows(day, path, figures)
    CoverageDay.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def _rows(day: date, path: str, figures: list[Figure]) -> list[CoverageDay]:
    return [
        CoverageDay(
            day=day,
            path=path,
            level=figure.post.level,
            role=figure.post.role,
            kind=figure.post.kind,
            total=figure.total,
            covered=figure.covered,
        )
        for figure in figures
        if figure.total
    ]
