"""What came of a workbook: how many rows did what, and what is wrong with each of the others."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RowProblem:
    row: int  # as the spreadsheet program numbers it
    column: str  # its header, "" for the row as a whole
    message: str


@dataclass(slots=True)
class Imported:
    """`dry`: nothing of it was kept; that is what it would do."""

    dry: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.created + self.changed + self.unchanged + len({problem.row for problem in self.problems})
