"""What the demo shows of a desk: kept answers that fit, questions, calls, a storm in groups."""

from datetime import timedelta

import pytest

from pingzhan.demo import desk
from pingzhan.demo.texts.categories import GROUPS, KINDS
from pingzhan.matters.choices import Occasion
from pingzhan.matters.queries.groups import grouped
from pingzhan.matters.queries.templates import unknown_placeholders
from tests.factories.world import World


def test_the_answers_kept_are_for_categories_and_steps_that_there_are() -> None:
    for occasion, category, title, text in desk.ANSWERS:
        assert occasion in Occasion.values
        assert not category or category in GROUPS or category in KINDS
        assert len(title) <= 40
        assert not unknown_placeholders(text)
    codes = {row.code for row in desk.REASONS}
    assert all(set(desk.reasons_of(stars)) <= codes for stars in range(1, 6))


@pytest.mark.django_db
def test_the_storm_makes_few_groups(world: World) -> None:
    from pingzhan.matters.models import Matter

    count = desk._storm(list(world.places.values()), now=world.at + timedelta(hours=1))
    matters = list(Matter.objects.order_by("-id"))
    assert len(matters) == count == sum(number for _, number in desk.STORM)
    assert len([group for group in grouped(matters) if len(group.matters) > 4]) <= 3
