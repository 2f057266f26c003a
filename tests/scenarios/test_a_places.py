"""A. Places: the area tree from the official codes, and where a point or an address lies in it."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

import pingzhan.demo
from pingzhan.places import locate
from pingzhan.places.models import Place
from tests.factories.world import HOME, SIDE, SOUTH, WEST, World

API = "/api/v1/places"
DATA = Path(pingzhan.demo.__file__).parent / "data"


def command(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def get(address: str) -> Any:
    response = Client().get(f"{API}{address}")
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.django_db
def test_A1_a_district_comes_from_the_official_codes_and_its_outline() -> None:
    locate.forget()
    command("import_places", str(DATA / "putuo.csv"), "--root", "310107")
    command("import_boundaries", str(DATA / "putuo.geojson"))
    locate.forget()

    district = get("/310107")
    assert (district["name"], district["level"], district["parent"], district["mode"]) == (
        "普陀区", "district", None, "peacetime",
    )  # fmt: skip
    streets = get("/310107/children?limit=200")["items"]
    assert len(streets) == 10
    assert "曹杨新村街道" in {street["name"] for street in streets}
    communities = [row for street in streets for row in get(f"/{street['code']}/children?limit=200")["items"]]
    assert len(communities) == 285
    assert all(row["level"] == "community" and len(row["code"]) == 12 for row in communities)
    assert all(row["path"] == f"310107/{row['parent']}/{row['code']}/" for row in communities)

    # A point in it, a point far from it.
    inside = get("/locate?lon=121.40&lat=31.25")["chain"]
    assert inside[0]["code"] == "310107"
    outside = Client().get(f"{API}/locate?lon=116.4&lat=39.9")
    assert outside.status_code == 404
    assert "服务的范围" in outside.json()["detail"]


@pytest.mark.django_db
def test_A1_importing_again_changes_nothing() -> None:
    def rows() -> list[Any]:
        return list(Place.objects.order_by("code").values_list("id", "code", "name", "path", "until"))

    def import_all() -> None:
        command("import_places", str(DATA / "putuo.csv"), "--root", "310107")
        command("import_boundaries", str(DATA / "putuo.geojson"))

    import_all()
    first = rows()
    import_all()
    assert rows() == first
    assert len(first) == 1 + 10 + 285


@pytest.mark.django_db
def test_A1_every_point_belongs_to_exactly_one_grid_also_on_the_edges(world: World) -> None:
    chain = get(f"/locate?lon={WEST + SIDE / 2}&lat={SOUTH + SIDE / 2}")["chain"]
    assert [place["level"] for place in chain] == ["district", "street", "community", "grid"]
    assert chain[-1]["code"] == f"{HOME}-G001"

    # On the edge between two grids, and on a corner of four: one answer, the same each time.
    for lon, lat in ((WEST + SIDE, SOUTH + SIDE / 2), (WEST + SIDE, SOUTH + SIDE)):
        answers = {get(f"/locate?lon={lon:.6f}&lat={lat:.6f}")["chain"][-1]["code"] for _ in range(3)}
        assert len(answers) == 1
        assert answers.pop().endswith(("-G001", "-G002"))
