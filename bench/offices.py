"""Which office answered, read out of the answer.

An office signs at the end (A7县住房保障局 2014年3月14日) or begins the answer (B9市公安局回复); otherwise it is
the one that the answer names most often, the first one of several. Offices are put together by their field,
since the same bureau has another name in every county. An answer that names none, or only says that the matter was
passed on, has no label.
"""

# untranslated throughout: words of Chinese texts

import re

FIELDS: dict[str, str] = {
    "police": "公安|交警|派出所|车管所|交通警察",
    "housing": "住房|住建|房产|房管|城乡建设|规建|不动产",
    "planning": "规划局|自然资源|国土",
    "urban management": "城管|城市管理|行政执法",
    "education": "教育局|教体局|教育厅|教育和体育|教委",
    "labour": "人社|人力资源|社保|社会保险|公积金",
    "transport": "交通运输|交通局|公交|地铁|轨道|公路局|运管",
    "environment": "环保|环境保护|生态环境",
    "health": "卫健|卫生|卫计|医保|医疗保障|疾控",
    "civil affairs": "民政|残联|扶贫|退役军人",
    "utilities": "水务|水利|自来水|电力|供电|燃气|市政",
    "market": "市场监管|市场监督|工商|食药|食品药品|质监|物价|发改|发展和改革|商务",
    "finance": "税务|财政|金融|银行",
    "street": "街道办事处|街道办|镇人民政府|镇政府|乡人民政府|乡政府|我街道|我镇|我乡",
    "justice": "法院|检察|司法|纪委|信访",
}
_ANY = re.compile("|".join(f"(?P<f{index}>{words})" for index, words in enumerate(FIELDS.values())))
_NAMES = list(FIELDS)
_DATE = r"\d{2,4}[年./-]\d{1,2}[月./-]\d{1,2}日?"
_SIGNED = re.compile(rf"[\u4e00-\u9fa5A-Za-z0-9]{{2,24}}(?:[（(]公章[）)])?\s*(?:{_DATE})?[。.\s]*$")
_BEGINS = re.compile(r"^.{0,24}?(?:回复|答复|反馈)[:：]")
_PASSED_ON = re.compile(
    r"^.{0,80}(?:已转|转交|转至|转由)[^。]{0,30}(?:调查|核实|处理|办理|研究)[^。]{0,12}[。!！]?.{0,30}$", re.S
)


def _field(match: re.Match[str]) -> str:
    return _NAMES[int(str(match.lastgroup)[1:])]


def answering_office(answer: str) -> str:
    """The field of the office that answered, "" where the answer does not tell."""
    answer = answer.strip()
    if _PASSED_ON.match(answer):
        return ""
    for pattern in (_BEGINS, _SIGNED):
        part = pattern.search(answer)
        named = list(_ANY.finditer(part.group())) if part else []
        if named:
            return _field(named[-1] if pattern is _SIGNED else named[0])
    counts: dict[str, int] = {}
    for match in _ANY.finditer(answer):
        counts[_field(match)] = counts.get(_field(match), 0) + 1
    return max(counts, key=counts.__getitem__) if counts else ""
