"""Stations and their rooms as the API shows them."""

from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import Named, Out, PointOut
from pingzhan.api.schemas.places import ResponseOut
from pingzhan.stations.choices import StationLevel


class FunctionKindOut(Named):
    """What a room can serve as."""

    emergency: bool = Field(description="Of an emergency; otherwise of peacetime.")
    hardware: list[str] = Field(description="Codes of the equipment without which a room cannot be it.")
    minutes: int = Field(description="How long the change of a room to it usually takes.")
    checklist: list[str] = Field(description="The steps of the change.")


class FitOut(Named):
    """A function for which a room was found fit."""

    minutes: int = Field(description="How long the change takes here.")
    missing: list[str] = Field(description="Codes of equipment that is not there.")


class RoomOut(Out):
    """A room, and what it serves as now."""

    id: UUID
    name: str
    floor: str
    capacity: int = Field(description="People.")
    facilities: list[str] = Field(description="Codes of the equipment that is there.")
    function: Named = Field(description="What it serves as now.")
    base_function: Named = Field(description="What it serves as in peacetime.")
    response: ResponseOut | None = Field(description="The response that changed it; null in peacetime.")
    checklist: list[str] = Field(description="The steps of the change, while a response holds.")
    fit_for: list[FitOut]


class StationOut(Named):
    """A station."""

    id: UUID
    level: StationLevel
    temporary: bool
    place: str = Field(description="Code of the place that it belongs to.")
    address: str
    point: PointOut | None
    opening: str = Field(description="Opening hours, in words.")
    in_charge: str | None = Field(description="Who is in charge.")
    phone: str
    metres: int | None = Field(description="Distance from `near`; null without it.")


class RoomsOut(Out):
    """The rooms of one station."""

    items: list[RoomOut]
