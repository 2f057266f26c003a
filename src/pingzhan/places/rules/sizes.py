"""How large a grid should be."""

from dataclasses import dataclass
from enum import Enum

from pingzhan.places.choices import GridKind


class Fit(Enum):
    """How a grid's number of households compares with what is aimed at."""

    RIGHT = "right"
    OVER = "over"
    UNDER = "under"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Households a grid: what is aimed at, and what is still taken. Settable; see `queries.grids.sizes_for`."""

    target: int
    fewest: int
    most: int

    def fit(self, households: int) -> Fit:
        """How a number of households fits."""
        if households > self.most:
            return Fit.OVER
        if households >= self.fewest:
            return Fit.RIGHT
        return Fit.UNDER if households else Fit.EMPTY


def fit_of(kind: str, households: int, sizes: Sizes) -> Fit:
    """How a grid fits; a dedicated grid is made of what it is made of, and always fits."""
    return Fit.RIGHT if kind == GridKind.DEDICATED else sizes.fit(households)


_VILLAGE = ("村委会", "村民委员会", "村")  # untranslated: how communities are named


def kind_of_community(name: str) -> GridKind:
    """Whether the grids of a community are those of a town or of a village, by the community's official name."""
    return GridKind.VILLAGE if name.endswith(_VILLAGE) else GridKind.TOWN
