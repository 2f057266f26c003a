"""Personal data in texts: every written form is found, and what names nobody stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pingzhan.core.personal_data import Kind, find_personal, hide_personal
from pingzhan.core.personal_data.numbers import id_checksum, luhn


@pytest.mark.parametrize(
    ("text", "gone", "kind"),
    [
        ("请联系10012345678谢谢", "10012345678", "phone"),
        ("手机 138-1234-5678", "1234", "phone"),
        ("打我１３８１２３４５６７８", "１３８１２３４５６７８", "phone"),
        ("一三八幺二三四五六七八随时联系", "三四五", "phone"),
        ("+86 138 1234 5678", "5678", "phone"),
        ("电话021-62345678", "62345678", "phone"),
        ("电话（021）62345678转801", "62345678", "phone"),
        ("联系电话：62345678", "62345678", "phone"),
        ("身份证31010719800101123X", "31010719800101123X", "id_number"),
        ("证件号 310107 1980 0101 1237", "0101", "id_number"),
        ("护照号：E12345678", "E12345678", "id_number"),
        ("车牌沪A·12345堵住门口", "12345", "plate"),
        ("新能源车沪AD12345", "AD12345", "plate"),
        ("卡号6222 0210 0112 3456 789", "6222", "bank_card"),
        ("微信号 wang_xm88", "wang_xm88", "account"),
        ("加我QQ123456789", "123456789", "account"),
        ("邮箱a.b@example.com", "example.com", "email"),
        ("我住3号楼201室", "201", "home"),
        ("我住三栋一单元2103", "2103", "home"),
        ("12弄5号301室漏水", "301", "home"),
        ("7-2-301天天装修", "7-2-301", "home"),
        ("楼上5栋2404每晚吵闹", "2404", "home"),
        ("我叫王小明，", "王小明", "name"),
        ("联系人：欧阳娜娜", "欧阳娜娜", "name"),
        ("楼上的陈先生天天吵", "陈先生", "name"),
        ("找黄医生问过两次", "黄医生", "name"),
        ("居民刘永光反映", "刘永光", "name"),
        ("老板邓某态度恶劣", "邓某", "name"),
        ("儿子黄某泽户口在此", "黄某泽", "name"),
    ],
)
def test_personal_data_is_hidden(text: str, gone: str, kind: str) -> None:
    found = hide_personal(text)
    assert gone not in found.text
    assert kind in found.kinds


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月20日上午9点，垃圾桶满了",
        "共有128户居民受影响",
        "公交车125路晚点30分钟",
        "曹杨路500弄门口积水",
        "3号楼楼道灯不亮",
        "许多老师和班主任都说安全第一",
        "小区6栋，从2018年交房至今没有信号",
        "请拨打12345或者110",
        "社区医院的医生很负责",
        "共计1551684元，面积89.5平方米",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert hide_personal(text).text == text


def test_a_holder_of_an_office_is_left_to_a_person() -> None:
    found = hide_personal("尊敬的胡书记：路灯坏了")
    assert found.text == found.original
    assert found.doubtful == ("胡书记",)


def test_a_name_is_hidden_wherever_it_stands() -> None:
    found = hide_personal("我叫陈清，上次答复里写的陈清说的不是我")
    assert "陈清" not in found.text


def test_the_pieces_are_the_whole_original() -> None:
    found = hide_personal("我叫王小明，电话10012345678，胡书记知道")
    assert "".join(piece.text for piece in found.pieces()) == found.original
    assert [piece.kind for piece in found.pieces() if piece.hidden] == ["name", "phone"]


@given(st.text(max_size=400))
def test_hiding_twice_hides_no_more(text: str) -> None:
    once = hide_personal(text).text
    assert hide_personal(once).text == once


@given(st.text(alphabet=st.sampled_from("0123456789一二三室栋号楼-.,，王李某先生我叫 Aa沪@·年"), max_size=60))
def test_findings_lie_in_the_text_and_never_overlap(text: str) -> None:
    end = 0
    for span in find_personal(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


# --- invented persons in real sentences -----------------------------------------------------------------------------

SENTENCES = (
    "小区路灯坏了两个星期没人修，{}，希望尽快处理。",
    "我反映一个问题：{}。物业一直不管，谢谢！",
    "楼下餐馆油烟直排，孩子天天咳嗽。{}",
    "{}，前天晚上十一点还在施工，报警也没有用。",
)
_mobile = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
_gaps = st.sampled_from(["{}{}{}", "{} {} {}", "{}-{}-{}", "{}—{}—{}", "{}.{}.{}"])
_phones = st.builds(lambda n, gap: ("电话" + gap.format(n[:3], n[3:7], n[7:]), n[7:], Kind.PHONE), _mobile, _gaps)
_bodies = st.builds(
    lambda area, year, month, day, order: f"{area}{year}{month:02}{day:02}{order:03}",
    st.sampled_from(["310107", "230604", "500238"]), st.integers(1930, 2020), st.integers(1, 12), st.integers(1, 28),
    st.integers(0, 999),
)  # fmt: skip
_ids = _bodies.map(lambda body: (f"身份证{body}{id_checksum(body)}", body[10:], Kind.ID_NUMBER))


def _with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


_cards = st.from_regex(r"62[0-9]{16}", fullmatch=True).map(
    lambda body: (f"卡号{_with_check_digit(body)}", body[6:], Kind.BANK_CARD)
)
_plates = st.builds(
    lambda sign, letter, number: (f"车牌{sign}{letter}{number}", number, Kind.PLATE),
    st.sampled_from("沪京浙鄂"), st.sampled_from("ABCDEF"), st.from_regex(r"[A-HJ-NP-Z0-9][0-9]{4}", fullmatch=True),
)  # fmt: skip
_names = st.builds(
    lambda way, family, given: (way.format(family + given), family + given, Kind.NAME),
    st.sampled_from(["我叫{}", "联系人：{}", "姓名：{}"]),
    st.sampled_from(["王", "李", "欧阳", "陈", "邓", "司马", "顾"]),
    st.sampled_from(["伟", "秀英", "建华", "晟", "海燕", "子涵", "玉兰"]),
)
_homes = st.builds(
    lambda building, unit, room: (f"我住{building}栋{unit}单元{room}室", str(room), Kind.HOME),
    st.integers(1, 99), st.integers(1, 9), st.integers(101, 3204),
)  # fmt: skip


@settings(max_examples=300)
@given(st.sampled_from(SENTENCES), st.one_of(_phones, _ids, _cards, _plates, _names, _homes))
def test_an_invented_person_never_slips_through(sentence: str, told: tuple[str, str, Kind]) -> None:
    said, secret, kind = told
    found = hide_personal(sentence.format(said))
    assert secret not in found.text
    assert kind.value in found.kinds
