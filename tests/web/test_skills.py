"""The skills catalogue is edited on the desk by those who keep it."""

import pytest

from pingzhan.people.models import Skill
from tests.factories.members import load_skills
from tests.factories.world import World
from tests.web.test_members import pages

pytestmark = pytest.mark.django_db


def test_the_catalogue_is_kept_on_the_desk(world: World) -> None:
    load_skills(world)
    client = pages(world, "street_secretary")
    assert "护士" in client.get("/desk/skills/").content.decode()
    client.post("/desk/skills/", {"parent": "medical", "name": "助产士", "name_en": "Midwife", "wants_proof": "1"})
    made = Skill.objects.get(name="助产士")
    assert (made.parent_id, made.wants_proof) == ("medical", True)
    assert "助产士" in client.get("/desk/skills/", {"code": made.code}).content.decode()
    client.post("/desk/skills/", {"code": made.code, "parent": "medical", "name": "助产士（持证）"})
    client.post("/desk/skills/", {"code": "medical.nurse", "parent": "medical", "name": "护士", "ended": "1"})
    offered = pages(world).get("/check-in/").content.decode()
    assert "助产士（持证）" in offered
    assert "护士" not in offered
    assert client.post("/desk/skills/", {"parent": "medical", "name": " "}).status_code == 422
    assert client.post("/desk/skills/", {"parent": "nowhere", "name": "x"}).status_code == 422
    assert pages(world, "secretary").get("/desk/skills/").status_code == 404
