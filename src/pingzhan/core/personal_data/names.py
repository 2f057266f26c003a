"""Names of persons, found by a family name and by what stands around it."""

# untranslated throughout: words of Chinese texts

import re
from collections.abc import Iterator
from itertools import accumulate

from pingzhan.core.personal_data.spans import Kind, Span
from pingzhan.core.words import is_everyday, is_known, words

_SINGLE = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓"
    "郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫"
    "宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉"
    "宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳"
    "沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公代覃肖邸仝冼揭盘植闫涂付闰"
)
# Of these, the ones that are more often another word than a name count only where the name is announced.
_RARE = frozenset(
    "水云元平和明成计强路危都国文广东利越能空须后红益公时万经应单包家山谷车班全向古易步居满党白双通边别充连习容农从宿怀别印相查"
    "关游师高方金安常任于管何解代花昌华左右"
)
_DOUBLE = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|长孙|宇文|司徒|轩辕|端木|呼延|南宫|百里|西门|独孤|澹台|钟离|闻人|淳于|"
    "申屠|公羊|万俟"
)

# With these a given name is over: words of grammar, numbers, and what commonly follows a name.
_OVER = frozenset(
    "的地得在于与和是有被把将对向说称叫做为因及等到去来系从也都就已曾又再还不没要会能可让给跟同或则而且但并其之所该这那哪谁我你他她它们"
    "户家一二三四五六七八九十百千年月日号岁男女住现身经某先您本个名位些多各每某着了过吗呢吧啊"
)
_KIN = (
    "父亲|母亲|爸爸|妈妈|爷爷|奶奶|外公|外婆|哥哥|弟弟|姐姐|妹妹|儿子|女儿|丈夫|妻子|老公|老婆|孙子|孙女|岳父|岳母|公公|婆婆|侄子|爱人|"
    "配偶|亲属|兄弟|前夫|前妻"
)
_ROLES = (
    "业主|住户|村民|居民|户主|房东|租客|租户|当事人|负责人|联系人|申请人|投诉人|举报人|来信人|反映人|信访人|患者|死者|伤者|被告|原告|嫌疑人|"
    "法人代表|法定代表人|法人|老板|店主|店长|司机|驾驶员|员工|职工|教师|老师|班主任|医生|护士|学生|校长|院长|主任|科长|处长|局长|所长|站长|"
    "队长|镇长|乡长|村长|组长|支书|书记|主席|会计|出纳|经理|总监|董事长|专干|网格员|楼组长|楼长|工作人员|民警|辅警|城管|保安|党员|居民"
)
_BEFORE_SURE = re.compile(
    r"(?:我叫|名叫|本人叫|姓名|名字叫|名字是|署名|落款|户名|收件人|我是业主)[:：\s（(“\"是为、]{0,3}$"
)
_FIELD = re.compile(rf"(?:{_ROLES})[:：]\s?$")  # 联系人：王建华，
_FIELD_OVER = re.compile(r"[，,、。；;\s（(]|电话|手机|$")
_BEFORE = re.compile(rf"(?:{_ROLES}|{_KIN}|本人|我是|一个叫|有个叫|隔壁)[:：\s（(“\"]{{0,2}}$")
_AFTER = re.compile(
    r"户[主，,。进的]|[(（](?:业主|男|女|业委会|身份证|电话|联系)|[,，]?\s*(?:联系)?(?:电话|手机)|[,，]\s*[男女][,，]"
)
_ADDRESS = (
    "先生|女士|小姐|阿姨|大爷|大妈|大叔|大哥|大姐|叔叔|伯伯|老伯|"
    "师傅|老师|奶奶|爷爷|婆婆|嫂子|医生|护士|教授|律师|同志|同学|老板|经理"
)
_OFFICES = (
    "书记|市长|省长|县长|区长|镇长|乡长|村长|局长|厅长|部长|主任|科长|"
    "处长|所长|院长|校长|队长|站长|主席|委员|常委|秘书长|检察长|庭长|政委"
)
_TITLE = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,2}}?)??(?:(?P<office>{_OFFICES})|(?:{_ADDRESS}))|(?P<short>[姐哥叔姨婶总](?![\u4e00-\u9fff]*[姐哥叔姨婶]))"
)
_DEAR = re.compile(rf"(?:尊敬的|敬爱的)(?P<name>[\u4e00-\u9fff]{{2,3}}(?:{_OFFICES}))")
_SIGNED = re.compile(r"(?:谢谢|感谢|感恩|敬礼|此致|叩谢|盼复|拜托)[您你大家了]{0,2}[!！。，,;；\s]{0,3}$")
_DOUBLE_AT = re.compile(_DOUBLE)
_SINGLES = frozenset(_SINGLE)
# What ends like this is a place or a firm and no person.
_PLACES = frozenset("路街镇乡村组区园苑城山河湖江桥庄湾坪冲塘岭坡洲港店厂局站校院场社司馆楼栋巷里门口州县市省寺庙井")
_IN_A_PLACE = re.compile(rf".[东南西北中上下大新老]?(?:[{''.join(sorted(_PLACES))}]|公寓|公馆|\d期)")


def find_names(text: str) -> Iterator[Span]:
    """All findings, overlapping ones too. What is surely a name in one place is one wherever it stands."""
    cut = _Cut(text)
    sure: set[str] = set()
    doubtful: list[Span] = []
    for at in range(len(text)):
        for span in _found_at(text, at, cut):
            yield span
            if span.kind is Kind.NAME and span.sure:
                sure.add(text[span.start : span.end])
            elif span.kind is Kind.NAME:
                doubtful.append(span)
    for match in _DEAR.finditer(text):
        yield Span(match.start("name"), match.end("name"), Kind.OFFICIAL, sure=False)
    families = {name[0] for name in sure}
    for span in doubtful:
        alike = text[span.start] in families  # the same person, spelt otherwise
        name = re.escape(text[span.start : span.end])
        yield from (Span(m.start(), m.end(), Kind.NAME, sure=alike) for m in re.finditer(name, text))
    for name in sure:
        yield from (Span(m.start(), m.end(), Kind.NAME) for m in re.finditer(re.escape(name), text))


class _Cut:
    """The words of a text by where they begin, and which of them the dictionary knows."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = words(text)
        starts = list(accumulate((len(piece) for piece in pieces), initial=0))
        self.at = dict(zip(starts, pieces, strict=False))
        self.edges = frozenset(starts)

    def common(self, at: int) -> bool:
        """Whether a word of two characters and more begins at `at` that is no name but a word of every day."""
        word = self.at.get(at, "")
        return (len(word) > 1 and is_everyday(word)) or is_everyday(self.text[at : at + 2])


def _found_at(text: str, at: int, cut: _Cut) -> Iterator[Span]:
    """Names that begin at `at`."""
    double = _DOUBLE_AT.match(text, at)
    family = double.end() - at if double else 1
    if not double and text[at] not in _SINGLES:
        return
    common = bool(double) or text[at] not in _RARE
    given = at + family
    before = text[max(0, at - 10) : at]
    if text[given : given + 1] == "某":
        if common or _BEFORE.search(before):
            yield Span(at, _end_of_played_down(text, given + 1), Kind.NAME)
        return
    yield from _titled(text, at, given, cut, common=common)
    end = _end_of_given(text, given, cut)
    if end == given:
        return
    if _BEFORE_SURE.search(before) or (_FIELD.search(before) and _FIELD_OVER.match(text, end)):
        yield Span(at, end, Kind.NAME)
    elif (not double and cut.common(at)) or cut.common(given) or _IN_A_PLACE.match(text, end - 1):
        return
    elif _BEFORE.search(before) or (at in cut.edges and _AFTER.match(text, end)):
        yield Span(at, end, Kind.NAME, sure=common)
    elif common and at in cut.edges and _looks_like_a_name(cut.at[at]):
        signed = _SIGNED.search(before) is not None and len(text) - at < 40
        yield Span(at, max(end, at + len(cut.at[at])), Kind.NAME, sure=signed)


def _looks_like_a_name(word: str) -> bool:
    """Whether a word is one that the dictionary does not know, as long as a name and not a place's."""
    return 2 <= len(word) <= 3 and not is_known(word) and not _OVER & set(word[1:]) and word[-1] not in _PLACES


def _titled(text: str, at: int, given: int, cut: _Cut, *, common: bool) -> Iterator[Span]:
    """王先生, 黄医生, 张建国老师; 胡书记 is a holder of an office, whom a person decides about."""
    match = _TITLE.match(text, given)
    if match is None or at not in cut.edges or cut.common(at) or _OVER & set(text[given : match.end() - 2]):
        return
    if match["office"]:
        yield Span(at, match.end(), Kind.OFFICIAL, sure=False)
    elif common:
        yield Span(at, match.end(), Kind.NAME)


def _end_of_given(text: str, start: int, cut: _Cut) -> int:
    """Where a given name of one or two characters that begins at `start` ends; `start` when there is none."""
    if not _may_be_given(text, start):
        return start
    if not _may_be_given(text, start + 1):
        return start + 1
    one, two = start + 1 in cut.edges, start + 2 in cut.edges
    if two and not one:
        return start + 2
    return start + (1 if is_everyday(text[start + 1 : start + 3]) else 2)


def _end_of_played_down(text: str, start: int) -> int:
    """The end of 某, 某某 or 某泽, of which the first 某 is before `start`."""
    if text[start : start + 1] == "某":
        return start + 1
    if _may_be_given(text, start) and not is_known(text[start : start + 2]):
        return start + 1
    return start


def _may_be_given(text: str, at: int) -> bool:
    letter = text[at : at + 1]
    return "\u4e00" <= letter <= "\u9fff" and letter not in _OVER
