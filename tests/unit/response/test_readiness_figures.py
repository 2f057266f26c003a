"""How ready a plan is, day by day at its place and its streets, week by week at its communities."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pingzhan.response.models import ReadinessFigure
from pingzhan.response.queries.readiness import history, newest_figures, note_figures, readiness
from tests.factories.plans import ready
from tests.factories.world import DISTRICT, FAR_STREET, HOME_STREET, World
from tests.unit.response.test_switch import press

pytestmark = pytest.mark.django_db


def test_each_street_and_level_has_its_history_a_few_at_a_time(world: World) -> None:
    plan = ready(world)
    runs = [note_figures(at=world.at, most=4) for _turn in range(9)]
    assert runs[:3] == [4, 4, runs[2]]
    assert runs[-1] == 0
    paths = {world.path(code) for code in (DISTRICT, HOME_STREET, FAR_STREET)}
    noted = list(ReadinessFigure.objects.order_by("id").values_list("path", "level"))
    assert set(noted[:9]) == {(path, level) for path in paths for level in (1, 2, 4)}  # three places, three levels
    tomorrow = world.at + timedelta(days=1)
    while note_figures(at=tomorrow):
        pass
    rows = history(plan, path=world.path(HOME_STREET), level=2)
    assert len(rows) == 2
    found = readiness(plan, level=2, codes=[HOME_STREET], at=world.at)
    assert (rows[0].percent, rows[0].findings) == (found.percent, len(found.weaknesses))
    assert newest_figures([plan])[plan.pk].path == world.path(DISTRICT)


def test_each_community_has_its_history_once_a_week(world: World) -> None:
    ready(world)
    for day in range(7):
        while note_figures(at=world.at + timedelta(days=day)):
            pass
    communities = [path for path in (place.path for place in world.places.values()) if path.count("/") == 3]
    noted = Counter(ReadinessFigure.objects.order_by("id").values_list("path", "level"))
    assert communities
    assert {noted[path, level] for path in communities for level in (1, 2, 4)} == {1}


def test_a_drill_of_the_29th_of_february_counts_until_the_28th_of_the_year_after(world: World) -> None:
    plan = ready(world)
    world.at = datetime(2028, 2, 29, 2, tzinfo=UTC)
    press(world, plan, level=4, exercise=True)

    def drilled(at: datetime) -> bool:
        found = readiness(plan, level=4, codes=[HOME_STREET], at=at).weaknesses
        return "never_drilled" not in {one.kind for one in found}

    assert drilled(datetime(2029, 2, 28, 1, tzinfo=UTC))
    assert not drilled(datetime(2029, 2, 28, 2, tzinfo=UTC))
