"""Numbers and addresses that lead to a person: phones, identity and card numbers, plates, emails, accounts."""

# untranslated throughout: words of Chinese texts

import re
from collections.abc import Iterator
from datetime import date

from pingzhan.core.personal_data.spans import Kind, Span

# Digits as people write them to get round filters: ０１３, 一三八, 幺, ○. Each is one character, so that places stay.
_PLAIN = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_SPELT = str.maketrans("〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "000123456789" + "1" + "123456789")
_GAP = r"[ \t\-－—–·._]"  # between the groups of a number


def find_numbers(text: str) -> Iterator[Span]:
    """All findings, overlapping ones too."""
    plain = text.translate(_PLAIN)
    spelt = plain.translate(_SPELT)
    yield from _long_numbers(plain)
    yield from _phones(plain, spelt)
    yield from _plates(plain)
    yield from _accounts(plain)


# --- identity and card numbers --------------------------------------------------------------------------------------

_LONG = re.compile(rf"(?<![0-9A-Za-z])\d(?:{_GAP}{{0,2}}\d){{13,18}}[Xx]?(?![0-9A-Za-z])")
_PASSPORT = re.compile(r"(?:护照|通行证|港澳证|证件)(?:号码?|编号)?[:是为 ]{0,3}([A-Za-z]{1,2}\d{7,9})(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999


def id_checksum(body: str) -> str:
    """The eighteenth character of an identity number by its first 17 digits (GB 11643-1999)."""
    return "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]


def luhn(number: str) -> bool:
    """Whether the digits of a card number fit together (ISO/IEC 7812-1)."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(number)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _birthday(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2100


def _long_numbers(text: str) -> Iterator[Span]:
    for match in _LONG.finditer(text):
        number = re.sub(r"[^0-9Xx]", "", match.group()).upper()
        kind, sure = _kind_of(number, text[max(0, match.start() - 12) : match.start()])
        if kind is not None:
            yield Span(match.start(), match.end(), kind, sure)
    for match in _PASSPORT.finditer(text):
        yield Span(match.start(1), match.end(1), Kind.ID_NUMBER)


def _kind_of(number: str, before: str) -> tuple[Kind | None, bool]:
    """An identity number by its birthday (written wrongly it still tells who), a card by Luhn or by what is said."""
    if len(number) == 18 and (id_checksum(number[:17]) == number[17] or _birthday(number[6:14])):
        return Kind.ID_NUMBER, True
    named = re.search(r"证|身份", before) is not None
    if len(number) == 15 and number.isdigit() and _birthday("19" + number[6:12]):
        return Kind.ID_NUMBER, named
    if not number.isdigit():
        return (Kind.ID_NUMBER, named) if len(number) in (15, 18) else (None, False)
    if 16 <= len(number) <= 19:
        return Kind.BANK_CARD, luhn(number) or re.search(r"卡|账|帐|银行", before) is not None
    return None, False


# --- phones ---------------------------------------------------------------------------------------------------------

_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP}{{0,2}})?(1\d{{2}}(?:{_GAP}{{0,2}}\d){{8}})(?!\d)")
_STARRED = re.compile(r"(?<!\d)1\d{2}[*×xX]{4}\d{4}(?!\d)")
_LANDLINE = re.compile(
    rf"(?<!\d)[(]?0\d{{2,3}}[)]?{_GAP}{{0,3}}(?:\d{{4}}{_GAP}{{1,2}})?\d{{7,8}}(?:(?:转|-)\d{{1,6}})?(?!\d)"
)
_SHORT = re.compile(  # without its area code, where the words say what it is
    r"(?:电话|联系|致电|拨打|来电|座机|手机|号码|热线|传真|[Tt][Ee][Ll])[^\d。\n]{0,8}?([1-9]\d{2,3}[ -]?\d{4})(?!\d)"
)


def _phones(plain: str, spelt: str) -> Iterator[Span]:
    for match in _MOBILE.finditer(spelt):
        if _grouped_like_a_phone(match.group(1)):
            yield Span(match.start(), match.end(), Kind.PHONE)
    for pattern in (_STARRED, _LANDLINE):
        yield from (Span(m.start(), m.end(), Kind.PHONE) for m in pattern.finditer(plain))
    yield from (Span(m.start(1), m.end(1), Kind.PHONE) for m in _SHORT.finditer(plain))


def _grouped_like_a_phone(number: str) -> bool:
    """Groups of two digits at least or all apart: 138 1234 5678, 13-81-23-45-67-8, not a list like 123.4.5.6."""
    groups = [len(group) for group in re.split(rf"{_GAP}+", number)]
    return all(size > 1 for size in groups[:-1]) or len(groups) >= 9


# --- the rest -------------------------------------------------------------------------------------------------------

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-Za-z][·•. -]?(?=[A-Za-z]{{0,3}}\d)[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警港澳](?![A-Za-z0-9])"
)
_PLATE_WORDS = re.compile(r"车牌|牌照|牌号|车号")
_PLATE_SAID = re.compile(  # whatever the sign before it, in a text that speaks of plates
    r"[\u4e00-\u9fff][A-Za-z][·•. -]?(?=[A-Za-z]{0,2}\d)[A-Za-z]{0,2}\d[A-Za-z0-9]{2,5}(?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"[A-Za-z0-9_.+*-]{2,}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PLATFORM = r"(?:微信|薇信|威信|\bVX|\bvx|\bwx|抖音|快手|微博|支付宝)(?:号|账号|帐号|ID|id)?"
_ACCOUNTS = (
    re.compile(rf"{_PLATFORM}[:是为 ]{{0,3}}([A-Za-z0-9_-]{{6,20}})(?![A-Za-z0-9])"),
    re.compile(r"[Qq]{2}(?:群|号|号码)?[:是为 ]{0,3}(\d{5,12})(?!\d)"),
    re.compile(r"(?:网友|网民|用户)[ ]?[“\"「『‘]([^”\"」』’\n]{2,20})[”\"」』’]"),
    re.compile(r"(?<![A-Za-z0-9])(UU\d{5,})(?!\d)"),  # how one city's inbox names its users
)


def _plates(text: str) -> Iterator[Span]:
    yield from (Span(m.start(), m.end(), Kind.PLATE) for m in _PLATE.finditer(text))
    if _PLATE_WORDS.search(text):
        yield from (Span(m.start(), m.end(), Kind.PLATE) for m in _PLATE_SAID.finditer(text))


def _accounts(text: str) -> Iterator[Span]:
    yield from (Span(m.start(), m.end(), Kind.EMAIL) for m in _EMAIL.finditer(text))
    for pattern in _ACCOUNTS:
        yield from (Span(m.start(1), m.end(1), Kind.ACCOUNT) for m in pattern.finditer(text))
