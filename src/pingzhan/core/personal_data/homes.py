"""Homes: an address down to the dwelling. A building, a shop or a street number alone is left standing."""

# untranslated throughout: words of Chinese texts

import re
from collections.abc import Iterator

from pingzhan.core.personal_data.spans import Kind, Span

_HAN = "一二三四五六七八九十百零〇"
_N = rf"(?:\d{{1,4}}|[A-Za-z]\d{{0,2}}|[{_HAN}]{{1,4}})"
_BUILDING = rf"{_N}\s*(?:号楼|幢|栋|座|#|弄\s*{_N}\s*号|号院\s*{_N}\s*(?:号楼|栋|幢)|号)"
_UNIT = rf"(?:\s*{_N}\s*(?:单元|门|梯))"
_FLOOR = rf"(?:\s*(?:\d{{1,2}}|[{_HAN}]{{1,3}})\s*(?:楼|层))"
# A room number is not followed by what makes it a quantity, a year or a shop.
_NO_ROOM = "多|余|来|几|平|米|㎡|m|年|月|日|万|亿|元|块|套|个|人|名|栋|幢|层|路|度|吨|公里|商铺|商户|门面|铺|店"
_QUANTITY = rf"(?![\d%％~～])(?!\.\d{{1,2}}(?!\d|栋|幢))(?!\s*(?:{_NO_ROOM}))"
_ROOM = rf"(?:\d{{3,4}}(?:\s*(?:室|号房|房间|房|户|号))?{_QUANTITY})"
_MORE = rf"(?:\s*[.、，,/和及]\s*\d{{3,4}}(?:室|房)?{_QUANTITY})*"
_NO_FIRM = r"(?!地产|屋|产|价|租|贷|型|源|间|管)"
_SIDE = r"(?:\s*[左右东西南北中](?![边侧门面大路]))"

_PATTERNS = (
    # 5栋302, 三栋一单元2103, 3栋2单元5楼505室, 17栋102.104
    re.compile(rf"(?<![\dA-Za-z]){_BUILDING}{_UNIT}?{_FLOOR}?\s*[-－—]?\s*{_ROOM}{_NO_FIRM}{_MORE}"),
    # 2单元302, 1栋二门七楼左（702室）
    re.compile(rf"(?<![\dA-Za-z])(?:{_BUILDING})?{_UNIT}{_FLOOR}?\s*{_ROOM}{_NO_FIRM}{_MORE}"),
    re.compile(rf"(?<![\dA-Za-z]){_BUILDING}{_UNIT}{_FLOOR}{_SIDE}?(?:\s*[(（]\s*\d{{3,4}}\s*[室房]?\s*[)）])"),
    re.compile(rf"(?<![\dA-Za-z]){_BUILDING}{_UNIT}?{_FLOOR}{_SIDE}"),
    # E04栋9号
    re.compile(rf"(?<![\dA-Za-z])[A-Za-z]?\d{{1,3}}(?:栋|幢|号楼){_UNIT}?\s*\d{{1,3}}号(?![楼线井])"),
    # 302室, 304房
    re.compile(r"(?<![\dA-Za-z])[A-Za-z]?\d{3,4}\s*(?:室(?![内外温友])|号房|房(?!地产|屋|产|价|租|贷|型|源|间|管|子|款))"),
    # 7-2-301, 2-204的业主
    re.compile(r"(?<![\d-])\d{1,3}\s*[-－—]\s*\d{1,2}\s*[-－—]\s*\d{3,4}(?![\d-])"),
    re.compile(r"(?<![\d-])\d{1,3}\s*[-－—]\s*\d{3,4}(?=\s*(?:室|房|号|家|户|的?(?:业主|住户|邻居|房屋|租户|租客)))"),
    # 曾家组12号
    re.compile(r"(?<=[\u4e00-\u9fff][组队])\d{1,3}号(?![楼线井])"),
)  # fmt: skip


def find_homes(text: str) -> Iterator[Span]:
    """All findings, overlapping ones too."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), Kind.HOME)
