"""What somebody else reads is in the installation's language, not in that of who acts."""

import pytest
from django.utils.translation import gettext_lazy, override

from pingzhan.core.models import Message
from pingzhan.core.wording import for_others
from tests.factories.world import World


def test_words_and_values_are_in_the_installations_language() -> None:
    with override("en"):
        assert for_others("您反映的事项 %(number)s 已受理。", number="1") == "您反映的事项 1 已受理。"
        assert (
            for_others("您已被任命为%(team)s%(post)s。", team="一队", post=gettext_lazy("队长"))
            == "您已被任命为一队队长。"
        )
        assert for_others("100% 完成") == "100% 完成"


@pytest.mark.django_db
def test_a_resident_is_told_in_their_language_by_whoever_accepts(world: World) -> None:
    matter = world.report("楼道灯不亮", contact_phone="13812345678")
    with override("en"):
        world.advance(matter, to="accepted")
    told = Message.objects.get(template="matter.accept")
    assert "已受理" in told.text.open()
