"""More ground for the little world: buildings in rows, so that grids can be drawn around them."""

from pingzhan.places.models import Estate, Place
from tests.factories.world import HOME, World


def build(
    world: World, grid: str = f"{HOME}-G001", *, rows: int = 3, across: int = 4, households: int = 20, first: int = 11
) -> list[Place]:
    """`rows` × `across` buildings in a grid of the world, from its south-west corner; codes from B011 on, named by row:
    "甲园" and "乙园" are estates of the western and the eastern half."""
    above = world.places[grid]
    community = above.parent
    assert community is not None
    assert above.lon is not None
    assert above.lat is not None
    estates = [
        Estate.objects.get_or_create(
            code=f"{community.code}-E{number:02d}",
            defaults={"community": community, "path": community.path, "name": name, "created_at": world.at},
        )[0]
        for number, name in enumerate(("甲园", "乙园"), 1)
    ]
    made = []
    for row in range(rows):
        for column in range(across):
            number = first + row * across + column
            code = f"{community.code}-B{number:03d}"
            estate = estates[column * 2 // across]
            made.append(
                Place(
                    code=code, name=f"{estate.name}{row * across + column + 1}号楼", level="building", parent=above,
                    path=f"{above.path}{code}/", households=households, estate=estate, floors=6, entrances=2,
                    lon=above.lon - 0.004 + 0.008 * (column + 0.5) / across,
                    lat=above.lat - 0.004 + 0.008 * (row + 0.5) / rows, is_demo=True, created_at=world.at,
                )
            )  # fmt: skip
    Place.objects.bulk_create(made)
    world.places |= {place.code: place for place in made}
    Place.objects.filter(pk=above.pk).update(households=households * len(made))
    return made
