"""Visits on the desk and on the phone."""

import pytest
from django.urls import reverse

from pingzhan.matters.models import Matter, Visit
from tests.factories.world import HOME, World

pytestmark = pytest.mark.django_db
SAID = {
    "kind": "household",
    "topic": "1号楼走访",
    "summary": "多数人家在家",
    "text_1": "楼道漏水",
    "text_3": "路灯不亮",
}


@pytest.mark.parametrize(
    ("face", "who", "place"), [("desk", "secretary", HOME), ("field", "grid_worker", f"{HOME}-G001")]
)
def test_a_visit_is_recorded_once_and_its_problems_are_matters(world: World, face: str, who: str, place: str) -> None:
    client = world.browser(who)
    form = client.get(reverse(f"{face}:visit_new"), {"place": place})
    assert form.status_code == 200
    sent = SAID | {"place": place, "key": form.context["key"]}
    answer = client.post(reverse(f"{face}:visit_new"), sent)
    again = client.post(reverse(f"{face}:visit_new"), sent)
    made = Visit.objects.get()
    assert answer.url == again.url == reverse(f"{face}:visit", args=[made.pk])
    assert sorted(Matter.objects.filter(source="visit").values_list("text", flat=True)) == ["楼道漏水", "路灯不亮"]
    page = client.get(answer.url).content.decode()
    assert "1号楼走访" in page
    assert "楼道漏水" in page
    listed = client.get(reverse(f"{face}:visits")).content.decode()
    assert "2 个问题，已解决 0 个" in listed


def test_what_is_wrong_stays_on_the_page_with_what_was_typed(world: World) -> None:
    client = world.browser("secretary")
    answer = client.post(reverse("desk:visit_new"), SAID | {"place": HOME, "topic": "", "text_1": "漏水" * 1500})
    assert answer.status_code == 422
    assert "多数人家在家" in answer.content.decode()
    assert not Visit.objects.exists()


def test_an_area_in_which_one_may_not_report_is_not_offered(world: World) -> None:
    client = world.browser("far_secretary")
    answer = client.post(reverse("desk:visit_new"), SAID | {"place": HOME})
    assert answer.status_code == 200
    assert not Visit.objects.exists()
