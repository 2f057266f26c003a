"""Invented names for the demo: people, estates, roads and shops. Nobody and nothing real is meant."""

from random import Random

# ruff: noqa: E501
# Word lists:
# fmt: off

# Surname and how often it comes up, roughly as in a city at the lower Yangtze.
_SURNAMES: dict[str, int] = {
    "张": 9, "王": 9, "陈": 9, "李": 8, "朱": 6, "徐": 6, "沈": 6, "周": 6, "吴": 6, "顾": 5, "陆": 5, "杨": 5, "刘": 5,
    "黄": 4, "赵": 4, "孙": 4, "俞": 3, "金": 3, "蔡": 3, "许": 3, "姚": 3, "潘": 3, "严": 3, "钱": 3, "施": 3, "郑": 2,
    "何": 2, "胡": 2, "丁": 2, "倪": 2, "奚": 1, "乔": 1, "瞿": 1, "凌": 1, "谈": 1, "盛": 1, "诸": 1, "计": 1, "欧阳": 1,
}
# Given names by generation: an old neighbour is not called like a child of the nineties.
_ELDER_FIRST = "宝 金 根 阿 福 林 瑞 秀 凤 月 桂 玉 荣 惠 永 志"
_ELDER_LAST = "娣 妹 英 珍 宝 根 生 发 林 弟 仙 芳 康 良 华 兰"
_MIDDLE_FIRST = "建 卫 国 美 丽 慧 文 爱 晓 海 敏 红 志 伟 雅 佩"
_MIDDLE_LAST = "明 芳 萍 琴 勇 忠 珠 群 蓉 新 蕾 峰 敏 杰 青 娟"
_YOUNG_FIRST = "思 雨 嘉 梓 佳 俊 一 晨 诗 宇 奕 若 亦 舒 子 安"
_YOUNG_LAST = "涵 辰 怡 琪 轩 宁 妍 航 婷 晴 帆 雯 凡 悦 洋 然"
_GENERATIONS = tuple(
    (tuple(first.split()), tuple(last.split()))
    for first, last in ((_ELDER_FIRST, _ELDER_LAST), (_MIDDLE_FIRST, _MIDDLE_LAST), (_YOUNG_FIRST, _YOUNG_LAST))
)

ESTATES: tuple[str, ...] = (
    "禾苑新村", "青檐里", "鹤桥小区", "云栖北苑", "柳浦二村", "梧影花园", "春塘新村", "竹篱人家", "长菱苑", "雁荻小区",
    "锦葵公寓", "沐川雅苑", "稻香南里", "枫渡新苑", "白荷小区", "映桐里", "丰茂三村", "知秋苑", "蓝汀花园", "杏坞新村",
)

ROADS: tuple[str, ...] = (
    "禾清路", "雁南路", "柳浦路", "鹤桥路", "春塘路", "映荷路", "杏坞路", "白荻路", "枫渡路", "稻香东路", "菱塘路", "竹篱路",
    "青檐路", "暮帆路", "沐川路", "长汀北路",
)

# By trade: nobody lifts weights in a noodle shop.
SHOPS: dict[str, tuple[str, ...]] = {
    "eatery": ("阿福点心店", "小满面馆", "禾记熟食", "老灶头饭店", "青团铺子", "荷塘烤鱼", "晨光早餐铺"),
    "gym": ("舒仕健身", "跃步健身馆", "青檐健身会所"),
    "grocer": ("好邻居超市", "一口鲜水果店", "丰年烟杂店", "菱塘生鲜"),
    "cards": ("喜乐棋牌室", "老友棋牌社"),
    "service": ("暖阳理发店", "云朵洗衣店", "安心大药房", "橙子宠物店", "新芽美甲"),
}
SHOPS["any"] = tuple(name for names in SHOPS.values() for name in names)


def person_name(rng: Random) -> str:
    """A surname with a given name of two characters, both of the same generation."""
    surname = rng.choices(tuple(_SURNAMES), weights=tuple(_SURNAMES.values()))[0]
    first, last = rng.choice(_GENERATIONS)
    head = rng.choice(first)
    # A doubled character would read as a pet name.
    return surname + head + rng.choice(tuple(char for char in last if char != head))


def estate_name(rng: Random) -> str:
    """An invented estate."""
    return rng.choice(ESTATES)


def road_name(rng: Random) -> str:
    """An invented road."""
    return rng.choice(ROADS)


def shop_name(rng: Random, trade: str = "any") -> str:
    """An invented shop of a trade. Raises KeyError for a trade that is not in SHOPS."""
    return rng.choice(SHOPS[trade])
