"""Buildings, homes and workbooks of them as the API shows and takes them."""

# untranslated throughout: words of the domain for readers of the API document

from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Named, Out, Point, PointOut, StrictInt
from pingzhan.places.choices import ImportKind, ImportState


class BuildingFacts(In):
    """What is known of a building; what is left out stays as it is."""

    estate: str = Field("", max_length=80, description="Name of the estate; a new one is entered with it.")
    address: str = Field("", max_length=80, description="Road and lane of the estate.")
    grid: str = Field("", max_length=80, description="Name or code of its grid; to change grids, redraw them.")
    floors: StrictInt | None = Field(None, ge=1, le=150)
    entrances: StrictInt | None = Field(None, ge=1, le=60)
    households: StrictInt | None = Field(None, ge=0, le=3000)
    point: Point | None = None
    alias: str = Field("", max_length=80, description="Another name that people use.")


class BuildingIn(BuildingFacts):
    name: str = Field(min_length=1, max_length=80, examples=["3号楼"])


class BuildingChangeIn(BuildingFacts):
    name: str = Field("", max_length=80, description="The new name, where it changes.")


class BuildingOut(Named):
    """A building."""

    path: str
    grid: str | None = Field(description="Code of its grid, null where no grid is drawn.")
    estate: Named | None
    floors: int | None
    entrances: int | None
    households: int
    point: PointOut | None
    until: Moment | None = Field(description="When it ended.")


class RoomsIn(In):
    """Homes of a building by their room numbers."""

    rooms: str = Field(min_length=1, max_length=4000, examples=["101-104、201-204"])


class HomesEndedOut(Out):
    """Homes that ended now."""

    ended: list[Named]


class HomesMadeOut(Out):
    """The homes that are new; those that were there already are left alone."""

    created: list[Named]


class WorkbookIn(In):
    """A workbook (.xlsx) or CSV file, inside of the JSON or as the file of a form beside it."""

    kind: ImportKind
    name: str = Field("", max_length=120, description="Name of the file.")
    place: str = Field("", max_length=60, description="Code: nothing outside of it is touched. By default your area.")
    content: str = Field("", description="The file as base64; left out where the file is a part of a form.")


class ImportOut(Out):
    """A workbook on its way in. It is checked first; nothing is written until `write`."""

    id: UUID
    kind: ImportKind
    state: ImportState
    file_name: str
    rows: int
    done: int = Field(description="Rows gone through, while it is checked or written.")
    created: int | None = Field(description="What the check found that rows would do, or what they did.")
    changed: int | None
    unchanged: int | None
    errors: int | None
    created_at: Moment
    finished_at: Moment | None


class RowErrorOut(Out):
    row: int = Field(description="Number of the row in the sheet.")
    message: str
