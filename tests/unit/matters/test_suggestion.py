"""Suggestions in use: where there is no version all is as before; a version is put to use, rests, and never decides."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pingzhan.core.errors import NotAllowed
from pingzhan.matters import operations
from pingzhan.matters.choices import Target
from pingzhan.matters.learning.model import Answer
from pingzhan.matters.models import LearnedModel
from pingzhan.matters.queries import reference
from pingzhan.matters.queries import suggestion as queries
from pingzhan.matters.queries.suggestion import suggested_category, suggested_unit
from tests.factories.learned import dispatched, learned
from tests.factories.world import HOME, World

pytestmark = pytest.mark.django_db

NEW = "五楼天花板滴水，地面湿滑"  # none of the keywords


@pytest.fixture
def taught(world: World) -> World:
    dispatched(world)
    return world


@pytest.fixture(autouse=True)
def _fresh() -> None:
    queries._model.cache_clear()


def use(world: World, target: Target = Target.CATEGORY) -> LearnedModel:
    version = learned(world, target)
    reference.forget()
    return version


def test_without_a_version_keywords_decide_as_before(taught: World) -> None:
    assert suggested_category(NEW) is None
    assert taught.report(NEW).category_id == "service.other"
    found = suggested_category("楼道漏水")
    assert found is not None
    assert (found.code, found.words, found.learned) == ("property.leak", ("漏水",), False)


def test_a_version_in_use_finds_what_keywords_do_not(taught: World) -> None:
    use(taught)
    found = suggested_category(NEW, explain=True)
    assert found is not None
    assert (found.code, found.learned) == ("property.leak", True)
    assert any("滴水" in word for word in found.words)
    assert taught.report(NEW).category_id == "property.leak"


def test_what_was_asked_for_counts_more(taught: World) -> None:
    use(taught)
    assert taught.report(NEW, category="noise.square").category_id == "noise.square"


def test_where_life_may_be_at_stake_keywords_go_first(taught: World) -> None:
    use(taught)
    found = suggested_category("消防通道跳舞放喇叭，喇叭声太响")
    assert found is not None
    assert found.code == "fire.passage"


def test_keywords_that_say_otherwise_yield_only_to_what_is_likelier_than_all_else(
    taught: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(taught)
    text = "楼道漏水，天花板滴水"
    for probability, code in ((0.4, "property.leak"), (0.6, "noise.square")):
        said = Answer("noise.square", probability, ("楼道",))
        monkeypatch.setattr(queries, "_sure", lambda *_args, said=said, **_more: said)
        found = suggested_category(text)
        assert found is not None
        assert found.code == code


def test_it_abstains_when_unsure(taught: World) -> None:
    version = use(taught)
    LearnedModel.objects.filter(pk=version.pk).update(threshold=1.01)
    reference.forget()
    assert suggested_category(NEW) is None


def test_within_a_group_only_its_kinds_are_suggested(taught: World) -> None:
    use(taught)
    assert suggested_category(NEW, group="noise") is None
    assert suggested_category(NEW, group="property") is not None


def test_the_unit_is_the_nearest_of_the_kind_that_handled_the_like(taught: World) -> None:
    use(taught, Target.HANDLER)
    found = suggested_unit(NEW, taught.path(HOME))
    assert found is not None
    assert found.unit.code == f"{HOME}.property"
    assert found.words


def test_a_report_asks_no_statement_more_for_what_was_learned(taught: World) -> None:
    counts = []
    for version in (None, use(taught)):
        if version is None:
            reference.forget()
        taught.report("楼道漏水")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            taught.report("楼道漏水")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_one_click_back_to_an_older_version(taught: World) -> None:
    first, second = use(taught), learned(taught, use=False)
    operations.activate_suggestion(version=second, by=taught.actor("command"), at=taught.at)
    operations.activate_suggestion(version=first, by=taught.actor("command"), at=taught.at)
    assert list(LearnedModel.objects.filter(active=True)) == [first]
    operations.stop_suggestion(version=first, by=taught.actor("command"), at=taught.at)
    assert not LearnedModel.objects.filter(active=True).exists()


def test_two_versions_are_never_in_use_together(taught: World) -> None:
    use(taught)
    second = learned(taught, use=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnedModel.objects.filter(pk=second.pk).update(active=True)


def test_a_correction_teaches(taught: World) -> None:
    secretary = taught.actor("secretary")
    matter = taught.report(NEW, category="noise.square")
    operations.accept(matter=matter, by=secretary, at=taught.at, category="property.leak")
    operations.dispatch(matter=matter, by=secretary, at=taught.at)
    texts, labels = queries.examples(Target.CATEGORY)
    assert (texts[-1], labels[-1]) == (NEW, "property.leak")


def test_too_few_matters_make_no_version(world: World) -> None:
    dispatched(world, rounds=2)
    assert operations.learn_suggestion(target=Target.CATEGORY, by=world.actor("command"), at=world.at) is None


@pytest.mark.parametrize("name", ["", "secretary", "street_secretary", "inspector"])
def test_others_do_not_switch_it(taught: World, name: str) -> None:
    version = learned(taught, use=False)
    with pytest.raises(NotAllowed):
        operations.activate_suggestion(version=version, by=taught.actor(name), at=taught.at)


def test_a_lost_file_is_as_if_there_were_no_version(taught: World) -> None:
    version = use(taught)
    LearnedModel.objects.filter(pk=version.pk).update(artefact="00/11/" + "0011" + "2" * 60 + ".npz")
    reference.forget()
    assert suggested_category(NEW) is None
