"""The desk's pages of suggestions: training is ordered, a version is put to use and rests, the sheet gives reasons."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from pingzhan.core.jobs import latest_job
from pingzhan.matters.choices import Target
from pingzhan.matters.models import LearnedModel
from pingzhan.matters.queries import reference
from pingzhan.matters.queries import suggestion as queries
from pingzhan.matters.tasks import train_suggestions
from tests.factories.learned import dispatched, learned
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    queries._model.cache_clear()
    reference.forget()


def desk(world: World, name: str) -> Client:
    return world.browser(name)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_page_says_what_to_do_and_orders_a_training_once(world: World) -> None:
    client = desk(world, "command")
    address = reverse("desk:suggestions")
    shown = page(client, address)
    assert "还没有训练过" in shown
    assert "已转办 0 件，至少要 60 件才能学" in shown
    for _ in range(2):
        client.post(reverse("desk:suggestions_train"))
    job = latest_job(train_suggestions)
    assert job is not None
    assert type(job).objects.filter(task_path=train_suggestions.module_path).count() == 1
    assert "正在后台训练" in page(client, address)


def test_a_version_is_put_to_use_and_rests_by_one_click(world: World) -> None:
    dispatched(world)
    version = learned(world, use=False)
    client = desk(world, "command")
    address = reverse("desk:suggestions")
    assert "启用这个版本" in page(client, address)
    client.post(reverse("desk:suggestion_activate", args=[version.pk]))
    assert LearnedModel.objects.get(active=True) == version
    assert "使用中" in page(client, address)
    client.post(reverse("desk:suggestion_stop", args=[version.pk]))
    assert not LearnedModel.objects.filter(active=True).exists()


def test_the_sheet_says_what_the_like_of_it_was_and_why(world: World) -> None:
    dispatched(world)
    matter = world.report("五楼天花板滴水，地面湿滑")
    client = desk(world, "secretary")
    sheet = reverse("desk:sheet", args=[matter.number])
    assert "以往这样的事" not in page(client, sheet)
    for target in Target:
        learned(world, target)
    reference.forget()
    shown = page(client, sheet)
    assert "多归“房屋渗漏”" in shown
    assert "依据：" in shown
    assert "滴水" in shown.partition("以往这样的事")[2].partition("</div></div>")[0]


def test_the_training_runs_in_the_background(world: World) -> None:
    dispatched(world)
    made = train_suggestions.call()
    assert LearnedModel.objects.count() == 2
    assert set(made) == {"category", "handler"}
    assert not LearnedModel.objects.filter(active=True).exists()
