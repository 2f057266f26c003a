"""The default catalogue of skills, in two levels; languages are a group of their own."""

from pingzhan.people.operations import SkillRow

# group: (name, English, ((code, name, English, wants proof) …))
_GROUPS: dict[str, tuple[str, str, tuple[tuple[str, str, str, bool], ...]]] = {
    "medical": (
        "医疗健康",
        "Medical",
        (
            ("doctor", "医生", "Doctor", True),
            ("nurse", "护士", "Nurse", True),
            ("pharmacist", "药师", "Pharmacist", True),
            ("firstaid", "急救员", "First aider", True),
            ("rehab", "康复护理", "Rehabilitation care", False),
        ),
    ),
    "counsel": (
        "法律与心理",
        "Law and counselling",
        (
            ("lawyer", "律师", "Lawyer", True),
            ("mediation", "人民调解", "Mediation", False),
            ("psychology", "心理咨询", "Counselling", True),
            ("socialwork", "社会工作", "Social work", True),
        ),
    ),
    "network": (
        "网络与信息",
        "Network and IT",
        (
            ("security", "网络安全", "Network security", False),
            ("computer", "电脑手机维修", "Computers and phones", False),
            ("media", "宣传摄影", "Media and photography", False),
            ("data", "数据统计", "Statistics", False),
        ),
    ),
    "trade": (
        "生活技能",
        "Trades",
        (
            ("electrician", "电工", "Electrician", True),
            ("plumber", "水管工", "Plumber", False),
            ("carpenter", "木工瓦工", "Carpenter, mason", False),
            ("locksmith", "开锁修锁", "Locksmith", True),
            ("haircut", "理发", "Haircuts", False),
            ("cooking", "烹饪", "Cooking", False),
            ("driving", "驾驶", "Driving", False),
            ("truck", "货车驾驶", "Truck driving", True),
        ),
    ),
    "emergency": (
        "应急",
        "Emergency",
        (
            ("fire", "消防", "Fire fighting", True),
            ("rescue", "救援", "Rescue", False),
            ("disinfection", "消杀", "Disinfection", False),
            ("logistics", "物资分拣", "Sorting goods", False),
            ("patrol", "巡逻守点", "Patrols", False),
        ),
    ),
    "culture": (
        "文化教育",
        "Culture and education",
        (
            ("teaching", "教学辅导", "Teaching", False),
            ("music", "音乐舞蹈", "Music and dance", False),
            ("calligraphy", "书法绘画", "Calligraphy, painting", False),
            ("sports", "体育指导", "Sports coaching", False),
        ),
    ),
    "language": (
        "语言",
        "Languages",
        (
            ("shanghainese", "上海话", "Shanghainese", False),
            ("english", "英语", "English", False),
            ("japanese", "日语", "Japanese", False),
            ("sign", "手语", "Sign language", False),
            ("cantonese", "粤语", "Cantonese", False),
        ),
    ),
}

SKILLS: tuple[SkillRow, ...] = tuple(
    row
    for code, (name, name_en, kinds) in _GROUPS.items()
    for row in (
        SkillRow(code, "", name, name_en),
        *(SkillRow(f"{code}.{one}", code, label, english, proof) for one, label, english, proof in kinds),
    )
)
