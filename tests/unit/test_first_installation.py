"""An installation without the demo can be set up from the command line alone, and then takes a report."""

import io

import pytest
from django.core.management import CommandError, call_command

from pingzhan.access.actors import ANONYMOUS
from pingzhan.access.models import User
from pingzhan.access.queries import actor_for
from pingzhan.core.clock import now
from pingzhan.matters import operations
from pingzhan.matters.choices import Source
from pingzhan.matters.queries import reference
from tests.factories.world import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("code,name\n310107,普陀区\n310107005,曹杨新村街道\n310107005001,源园居委会\n", encoding="utf-8")
    return str(path)


def said(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_from_nothing_to_a_report(rows, monkeypatch):
    reference.forget()
    said("import_places", rows, root="310107")
    assert "community.committee" in said("load_catalogue", root="310107")
    committee = {"place": "310107005001", "kind": "community", "section": "community.committee"}
    said("create_unit", "310107005001", "源园居委会", **committee)
    monkeypatch.setattr("sys.stdin", io.StringIO("a-long-enough-password\n"))
    said("create_user", "shen", "沈书记", role="community_secretary", place="310107005001", unit="310107005001")
    reference.forget()
    matter = operations.report(
        text="楼道灯坏了", location=operations.Location(code="310107005001"), source=Source.PORTAL, by=ANONYMOUS, at=AT
    )
    user = User.objects.get(username="shen")
    assert user.check_password("a-long-enough-password")
    operations.accept(matter=matter, by=actor_for(user, at=now()), at=now())
    assert matter.status == "accepted"


def test_a_weak_password_is_refused(rows, monkeypatch):
    said("import_places", rows, root="310107")
    monkeypatch.setattr("sys.stdin", io.StringIO("123\n"))
    with pytest.raises(CommandError):
        said("create_user", "shen", "沈书记", role="inspector", place="310107")
    assert not User.objects.exists()
