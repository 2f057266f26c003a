# untranslated throughout: data, kept in both languages
"""The chains that an installation starts with: four levels, and the five-level variant. Data, to be changed at will."""

from collections.abc import Sequence
from dataclasses import dataclass

from pingzhan.people.choices import AppointmentKind as Kind
from pingzhan.places.choices import Level


@dataclass(frozen=True, slots=True)
class PostRule:
    """One link of a chain; see models.chains.Post."""

    level: str
    name: str
    name_en: str = ""
    body: str = ""
    role: str = ""
    kind: str = ""
    required: bool = False
    sole: bool = False
    head: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What coverage counts by: level, role, kind."""
        return self.level, self.role, self.kind


@dataclass(frozen=True, slots=True)
class ChainRule:
    code: str
    name: str
    name_en: str
    posts: tuple[PostRule, ...]


_DISTRICT_HEAD = PostRule(
    Level.DISTRICT, "区级网格长", "District grid head", "区网格化党建领导小组", "grid_head", "", True, True, True
)
_BUILDING = (
    PostRule(
        Level.BUILDING,
        "线下楼组长",
        "Offline building leader",
        "楼栋党小组",
        "building_leader",
        Kind.OFFLINE,
        True,
        True,
    ),
    PostRule(
        Level.BUILDING, "线上楼组长", "Online building leader", "楼栋党小组", "building_leader", Kind.ONLINE, True, True
    ),
    PostRule(Level.BUILDING, "党员中心户", "Member household", "", "member_household"),
)
_GRID = (
    PostRule(Level.GRID, "网格长", "Grid head", "网格党支部", "grid_head", "", True, True),
    PostRule(Level.GRID, "专职网格员", "Full-time grid worker", "", "grid_worker", Kind.FULL_TIME, True),
    PostRule(Level.GRID, "专业网格员", "Professional grid worker", "", "grid_worker", Kind.PROFESSIONAL),
    PostRule(Level.GRID, "兼职网格员", "Part-time grid worker", "", "grid_worker", Kind.PART_TIME),
)

CHAINS: Sequence[ChainRule] = (
    ChainRule(
        "four",
        "四级组织链",
        "Chain of four levels",
        (
            _DISTRICT_HEAD,
            PostRule(
                Level.STREET, "街镇网格长", "Street grid head", "街镇党（工）委", "grid_head", "", True, True, True
            ),
            PostRule(
                Level.COMMUNITY, "居村网格长", "Community grid head", "居村党组织", "grid_head", "", True, True, True
            ),
            PostRule(
                Level.COMMUNITY, "居村书记", "Community secretary", "居村党组织", "community_secretary", "", True, True
            ),
            *_GRID,
            *_BUILDING,
        ),
    ),
    ChainRule(
        "five",
        "五级组织链",
        "Chain of five levels",
        (
            _DISTRICT_HEAD,
            PostRule(Level.STREET, "街镇网格长", "Street grid head", "街道大工委", "grid_head", "", True, True, True),
            PostRule(
                Level.COMMUNITY, "居村网格长", "Community grid head", "社区大党委", "grid_head", "", True, True, True
            ),
            PostRule(
                Level.COMMUNITY, "居村书记", "Community secretary", "居村党支部", "community_secretary", "", True, True
            ),
            PostRule(Level.COMMUNITY, "第二梯队", "Second echelon", "党支部＋第二梯队"),
            *_GRID,
            *_BUILDING,
        ),
    ),
)
DEFAULT = CHAINS[0]
