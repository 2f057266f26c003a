"""The little world of the tests stands and walks."""

from tests.factories.world import FAR, HOME, NEAR, World


def test_a_matter_walks_the_main_path_at_home_and_far_away(world: World) -> None:
    for place in (f"{HOME}-G001", f"{NEAR}-G002", f"{FAR}-G002"):
        for text in ("楼道漏水", "屋面开裂", "广场舞太吵", "没有路灯"):
            assert world.matter(text=text, place=place, to="archived").status == "archived"
