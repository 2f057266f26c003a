"""How ready a plan is, day by day: at its place and at each street of it, for each level."""

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
    runs = [note_figures(at=world.at, most=4) for _turn in range(4)]
    assert runs == [4, 4, 1, 0]  # three places, three levels
    paths = {world.path(code) for code in (DISTRICT, HOME_STREET, FAR_STREET)}
    noted = set(ReadinessFigure.objects.order_by("id").values_list("path", "level"))
    assert noted == {(path, level) for path in paths for level in (1, 2, 4)}
    tomorrow = world.at + timedelta(days=1)
    while note_figures(at=tomorrow):
        pass
    rows = history(plan, path=world.path(HOME_STREET), level=2)
    assert len(rows) == 2
    found = readiness(plan, level=2, codes=[HOME_STREET], at=world.at)
    assert (rows[0].percent, rows[0].findings) == (found.percent, len(found.weaknesses))
    assert newest_figures([plan])[plan.pk].path == world.path(DISTRICT)


def test_a_drill_of_the_29th_of_february_counts_until_the_28th_of_the_year_after(world: World) -> None:
    plan = ready(world)
    world.at = datetime(2028, 2, 29, 2, tzinfo=UTC)
    press(world, plan, level=4, exercise=True)

    def drilled(at: datetime) -> bool:
        found = readiness(plan, level=4, codes=[HOME_STREET], at=at).weaknesses
        return "never_drilled" not in {one.kind for one in found}

    assert drilled(datetime(2029, 2, 28, 1, tzinfo=UTC))
    assert not drilled(datetime(2029, 2, 28, 2, tzinfo=UTC))
