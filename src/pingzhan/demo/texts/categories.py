"""The default category tree: what residents report, how fast it must be settled, and who takes it.

Reference data of the product, not only of the demo; an installation changes it in its own tables. Finishing times follow
the usual practice of citizen hotlines: hours where life is in danger, 1-3 days for what cannot wait, 5-15 working days else.
"""

# ruff: noqa: E501
# One row of the tree a line or two, wide Chinese characters count double:
# fmt: off

from pingzhan.demo.texts.shapes import ClockBasis, EmergencyContact, Group, Kind, StepTime, Urgency

# The gas company's number differs from city to city; an installation sets its own.
EMERGENCY: dict[str, EmergencyContact] = {
    contact.code: contact
    for contact in (
        EmergencyContact("fire", "119", "火警与救援", "Fire and rescue"),
        EmergencyContact("police", "110", "报警", "Police"),
        EmergencyContact("ambulance", "120", "急救", "Ambulance"),
        EmergencyContact("gas", "962777", "燃气公司抢修", "Gas company emergency line"),
        EmergencyContact("power", "95598", "供电抢修", "Power company emergency line"),
    )
}

GROUPS: dict[str, Group] = {
    group.code: group
    for group in (
        Group("property", "物业管理", "Property management"),
        Group("housing", "房屋与设施", "Housing and facilities"),
        Group("appearance", "市容环境", "City appearance"),
        Group("waste", "垃圾与环卫", "Waste and cleaning"),
        Group("traffic", "道路交通与停车", "Roads, traffic and parking"),
        Group("noise", "噪声扰民", "Noise"),
        Group("environment", "生态环境", "Environment"),
        Group("fire", "消防与安全隐患", "Fire and safety hazards"),
        Group("utility", "燃气水电", "Gas, water and power"),
        Group("neighbour", "邻里纠纷", "Disputes between neighbours"),
        Group("illegal", "违法搭建与房屋使用", "Unlawful building and use"),
        Group("care", "养老助残与民政", "Elderly, disability and welfare"),
        Group("health", "医疗卫生", "Health"),
        Group("work", "就业社保", "Work and social insurance"),
        Group("education", "教育托幼", "Education and childcare"),
        Group("animal", "宠物与虫害", "Pets and pests"),
        Group("market", "市场监管", "Market and consumers"),
        Group("order", "社会治安", "Public order"),
        Group("service", "政务服务与建议", "Public service and suggestions"),
    )
}


def _kind(
    code: str, name: str, name_en: str, handlers: str, keywords: str, *,
    days: int | None = None, minutes: int | None = None, urgency: Urgency = "routine", clock: ClockBasis = "working",
    danger: str = "", publishable: bool = True,
) -> Kind:
    """One row of the tree; lists are written with spaces between."""
    return Kind(
        code=code, name=name, name_en=name_en, handlers=tuple(handlers.split()), keywords=tuple(keywords.split()),
        urgency=urgency, clock=clock, finish_minutes=minutes, finish_days=days, danger=tuple(danger.split()), publishable=publishable,
    )


_KINDS: tuple[Kind, ...] = (
    # Property management
    _kind("property.service", "物业服务不到位", "Poor property service", "community.property community.committee street.housing district.housing",
          "物业 物业公司 物业经理 服务态度 不作为 没人管 打电话不接 管理混乱 保洁不到位 物业费照收 换物业 不闻不问 推诿", days=5),
    _kind("property.fees", "物业与停车收费", "Property and parking fees", "community.property community.committee street.housing district.housing",
          "物业费 停车费 涨价 收费标准 乱收费 不开发票 发票 装修押金 押金不退 公示 欠费 催缴 收费不透明 月租", days=7),
    _kind("property.repair", "报修无人处理", "Repairs left undone", "community.property street.housing",
          "报修 维修 修理 坏了 没人修 一直没修 拖着不修 派工 报了好几次 单元门 门锁 信箱 栏杆 师傅", days=5),
    _kind("property.fund", "维修资金与公共收益", "Maintenance fund and common income", "street.housing community.owners district.housing",
          "维修资金 维修基金 公共收益 广告收入 账目 公开 分摊 审计 业主大会 征询 收支 挪用 电梯广告", days=10),
    _kind("property.security", "门岗与安防", "Gates and security", "community.property street.safety",
          "保安 门卫 门岗 监控 摄像头 门禁 陌生人 外来人员 随便进 推销 巡逻 围墙 道闸 睡觉 摄象头", days=5),
    _kind("property.owners", "业委会事务", "Owners' committee affairs", "community.committee street.selfgov street.housing",
          "业委会 业主委员会 换届 选举 投票 表决 业主代表 候选人 不公开 业主大会 委员 筹备组 议事规则", days=15),
    # Housing and facilities
    _kind("housing.leak", "屋面外墙渗漏", "Leaking roof or wall", "community.property street.housing district.housing",
          "漏水 渗水 渗漏 屋顶 顶楼 屋面 外墙 墙皮 发霉 下雨 防水 天花板 起壳 水迹 墙面", days=10),
    _kind("housing.lift", "电梯故障", "Lift out of order", "community.property street.housing district.market",
          "电梯 停运 抖动 异响 按钮 维保 轿厢 年检 电梯坏了 爬楼 卡顿 平层 电梯门", days=2, urgency="urgent", clock="calendar"),
    _kind("housing.lift_trapped", "电梯困人", "Trapped in a lift", "community.property district.fire",
          "困在电梯 电梯困人 关在电梯 被困 卡住 打不开门 电梯里 有人困 轿厢 救援 出不来 应急铃", minutes=60, urgency="critical", clock="calendar", danger="fire ambulance"),
    _kind("housing.falling", "外墙与构件坠落", "Falling facade or fixtures", "community.property street.housing district.housing",
          "外墙脱落 掉落 砸下来 坠落 瓷砖 墙砖 空鼓 水泥块 窗户松动 雨棚 花架 摇摇欲坠 砸到 掉下来 松动", minutes=240, urgency="critical", clock="calendar", danger="police ambulance"),
    _kind("housing.structure", "损坏房屋结构", "Damage to load-bearing structure", "street.housing street.enforcement district.housing",
          "承重墙 敲墙 砸墙 拆墙 楼板 开洞 裂缝 结构 装修 房屋安全 鉴定 改管道 大梁", days=2, urgency="urgent", clock="calendar"),
    _kind("housing.sewer", "下水堵塞冒溢", "Blocked or overflowing drains", "community.property street.housing",
          "下水道 堵塞 堵了 冒溢 污水 粪水 化粪池 返水 窨井 地漏 疏通 管道 粪便 阴沟 倒灌", days=1, urgency="urgent", clock="calendar"),
    _kind("housing.lighting", "楼道照明与门禁", "Stairway lights and door entry", "community.property street.housing",
          "楼道灯 路灯不亮 声控灯 灯坏了 黑漆漆 门禁坏 对讲 单元门 感应灯 照明 灯泡 摸黑 不亮", days=3),
    _kind("housing.retrofit", "加装电梯与旧房改造", "Retrofitted lifts and renewal of old housing", "street.management community.committee district.housing",
          "加装电梯 加梯 老房子改造 旧改 美丽家园 平改坡 二次供水改造 雨污分流 征询 不同意 施工进度 外立面 煤卫合用 改造", days=15),
    # City appearance
    _kind("appearance.vending", "占道与跨门经营", "Street vending and shops on the pavement", "street.enforcement district.enforcement",
          "摆摊 占道 跨门 跨门经营 设摊 流动摊贩 人行道 烧烤摊 夜市 早点摊 马路菜场 摊位 小贩 占用", days=3),
    _kind("appearance.adverts", "小广告与店招", "Illegal adverts and shop signs", "street.enforcement community.property district.greenery",
          "小广告 牛皮癣 乱张贴 喷涂 店招 广告牌 招牌 条幅 传单 塞门缝 贴满 灯箱 开锁广告", days=5),
    _kind("appearance.greenery", "绿化养护", "Care of greenery", "community.property street.greenery district.greenery",
          "绿化 草坪 灌木 杂草 枯死 修剪 绿地 种菜 毁绿 花坛 补种 黄土 养护 绿化带 打药", days=7),
    _kind("appearance.trees", "树木遮光与倾倒", "Trees: shade, leaning, broken branches", "community.property street.greenery district.greenery",
          "大树 树枝 遮光 挡光 采光 倾斜 枯枝 断枝 倒伏 香樟 水杉 修枝 树根 枝条 窗口", days=5),
    _kind("appearance.bikes", "非机动车与共享单车乱停", "Bicycles parked in disorder", "street.enforcement community.committee",
          "共享单车 单车 自行车 电瓶车乱停 僵尸车 乱停放 堵路 盲道 停放点 地铁口 摆放 清理 堆积", days=3),
    _kind("appearance.laundry", "乱晾晒乱堆物", "Drying and piling in public space", "community.committee street.enforcement",
          "晾晒 晾衣 晒被子 绳子 树上 堆物 纸板 捡垃圾 堆放 破烂 公共区域 健身器材 占用绿化", days=5),
    # Waste and cleaning
    _kind("waste.sorting", "垃圾分类投放点", "Waste sorting points", "community.committee community.property street.greenery",
          "垃圾分类 投放点 垃圾房 定时投放 误时 志愿者 湿垃圾 干垃圾 洗手 破袋 开放时间 撤桶 分类", days=5),
    _kind("waste.overflow", "垃圾满溢与清运", "Overflowing waste", "community.property street.greenery district.greenery",
          "垃圾 满溢 清运 臭 苍蝇 垃圾桶 没人收 堆积 溢出 垃圾车 垃圾站 污水 熏", days=1, urgency="urgent"),
    _kind("waste.bulky", "装修与大件垃圾", "Building and bulky waste", "community.property street.enforcement street.greenery",
          "装修垃圾 建筑垃圾 大件 沙发 床垫 马桶 旧家具 渣土 堆放点 偷倒 清运费 垃圾堆 水泥袋", days=3),
    _kind("waste.cleaning", "道路与楼道保洁", "Cleaning of roads and stairways", "community.property street.greenery",
          "保洁 打扫 扫地 落叶 楼道脏 灰尘 积灰 污渍 拖地 扫马路 清洁 阿姨 呕吐物 卫生", days=3),
    _kind("waste.toilet", "公共厕所", "Public toilets", "street.greenery district.greenery",
          "公厕 厕所 公共厕所 卫生间 没有纸 臭味 洗手液 冲水 关门 无障碍厕位 便池 尿骚味 指示牌", days=3),
    # Roads, traffic and parking
    _kind("traffic.parking", "停车难与乱停车", "Parking", "community.property community.committee district.traffic",
          "停车 车位 乱停 违停 停车难 没地方停 堵住 挪车 外来车辆 进出 出入口 人行道停车 固定车位 车子", days=5),
    _kind("traffic.lock", "私装地锁占车位", "Private locks on public parking", "community.property street.enforcement",
          "地锁 私装 占车位 锥桶 霸占 公共车位 破自行车占位 三角锁 画线 占位 私占 铁链", days=5),
    _kind("traffic.road", "路面破损", "Damaged road surface", "community.property district.construction",
          "路面 坑 坑洼 破损 塌陷 地砖 翘起 松动 绊倒 坑坑洼洼 盲道 侧石 修路 沉降 摔", days=5),
    _kind("traffic.manhole", "窨井盖缺失破损", "Missing or broken manhole cover", "community.property district.water district.construction",
          "窨井盖 井盖 窨井 缺失 破了 洞 掉下去 响 盖子 踩空 翻转 塌陷 围起来", minutes=240, urgency="critical", clock="calendar", danger="police"),
    _kind("traffic.signals", "信号灯与标志标线", "Signals, signs and markings", "district.traffic district.construction",
          "红绿灯 信号灯 斑马线 标线 标志 绿灯时间 过马路 减速带 路口 护栏 隔离栏 反光镜 车速", days=7),
    _kind("traffic.bus", "公交与出行", "Buses and getting about", "district.construction street.management",
          "公交 公交车 公交站 站牌 班次 等车 候车亭 地铁 首末班 短驳 线路 出租车 改道", days=10),
    _kind("traffic.works", "占道施工与围挡", "Road works and hoardings", "district.construction street.management",
          "施工 围挡 开挖 修路 占道 绕行 工期 管线 一直不完工 挖开 钢板 回填 工地 路不好走", days=5),
    _kind("traffic.flooding", "积水", "Standing water", "community.property street.operations district.water",
          "积水 下雨 淹 排水 雨水 水漫 进水 地库 低洼 排不掉 泵 蹚水 水坑", days=1, urgency="urgent", clock="calendar"),
    # Noise
    _kind("noise.construction", "施工噪声", "Construction noise", "street.enforcement district.environment district.enforcement",
          "工地 施工 夜间施工 打桩 混凝土 噪音 噪声 半夜 敲击 渣土车 睡不着 挖机 夜里", days=2, urgency="urgent", clock="calendar"),
    _kind("noise.renovation", "装修噪声", "Renovation noise", "community.property community.committee street.enforcement",
          "装修 电钻 敲墙 冲击钻 切割 双休日 中午 噪音 装修队 节假日 周末 钻头 午睡", days=3),
    _kind("noise.living", "楼上楼下生活噪声", "Noise from flats", "community.committee street.police street.justice",
          "楼上 跑跳 脚步声 拖椅子 弹琴 钢琴 打麻将 小孩跑 噪音 吵 扔东西 隔音 音响 咚咚", days=7, publishable=False),
    _kind("noise.dance", "广场舞与露天唱歌", "Square dancing and open-air singing", "community.committee street.police",
          "广场舞 跳舞 音响 音箱 唱歌 喇叭 早上 晚上 分贝 高音 鼓 扰民 声音太大", days=3),
    _kind("noise.shop", "商铺与设备噪声", "Noise of shops and machines", "street.enforcement district.environment",
          "空调外机 排风 冷却塔 酒吧 KTV 喇叭叫卖 卸货 噪音 店铺 健身房 机器 嗡嗡 风机 震动", days=5),
    _kind("noise.pump", "水泵变电站低频噪声", "Low-frequency noise of pumps and transformers", "community.property district.environment",
          "水泵 泵房 低频 嗡嗡 变压器 配电房 变电站 震动 夜里 共振 设备房 噪音 睡不好", days=7),
    # Environment
    _kind("environment.fumes", "餐饮油烟", "Cooking fumes", "street.enforcement district.environment",
          "油烟 饭店 烟道 排烟 油烟味 烧烤 呛 火锅店 厨房 净化器 直排 油腻 窗户不敢开", days=5),
    _kind("environment.dust", "扬尘渣土", "Dust and earth moving", "street.enforcement district.construction district.environment",
          "扬尘 灰尘 渣土车 工地 裸土 洒水 泥浆 覆盖 飞扬 灰大 抛洒 滴漏 阳台一层灰", days=3),
    _kind("environment.smell", "异味废气", "Smells and exhaust gases", "district.environment street.enforcement",
          "异味 臭味 刺鼻 化学味 油漆味 烧塑料 废气 味道 干洗店 汽修 喷漆 头晕 焚烧", days=3),
    _kind("environment.river", "河道水质", "Rivers and streams", "district.water street.management",
          "河道 河水 小河 发黑 发臭 死鱼 漂浮物 排污口 河边 钓鱼 水葫芦 护栏 驳岸 浑浊", days=5),
    _kind("environment.light", "光污染", "Light pollution", "street.enforcement district.greenery",
          "灯光 霓虹灯 LED屏 光污染 刺眼 亮一夜 广告屏 射灯 窗帘 景观灯 晃眼 照进来", days=5),
    # Fire and safety hazards
    _kind("fire.stairway", "楼道堆物", "Things left in stairways", "community.committee community.property street.safety district.fire",
          "楼道 堆物 堆放 杂物 鞋柜 纸箱 走道 楼梯间 安全通道 通行 逃生 旧家具 婴儿车 过道", days=3),
    _kind("fire.ebike", "电动自行车入楼与飞线充电", "E-bikes indoors, cables out of windows", "community.committee community.property street.safety district.fire",
          "飞线 充电 电瓶 电瓶车 电动车 电动自行车 进电梯 上楼 插线板 推进楼 楼道充电 拉电线 拖线板 着火", days=1, urgency="urgent", clock="calendar"),
    _kind("fire.lane", "消防通道堵塞", "Blocked fire lane", "community.property street.safety district.fire",
          "消防通道 消防车 堵住 生命通道 停满 黄线 消防登高面 车辆 石墩 进不来 占用 禁停 救护车", days=1, urgency="urgent", clock="calendar"),
    _kind("fire.equipment", "消防设施损坏", "Broken fire equipment", "community.property street.safety district.fire",
          "灭火器 消火栓 消防栓 没水 过期 烟感 喷淋 应急灯 消防箱 水带 报警 防火门 闭门器 指示灯", days=3, urgency="urgent"),
    _kind("fire.smoke", "起火冒烟", "Fire or smoke", "district.fire street.safety",
          "着火 起火 冒烟 火苗 烧起来 浓烟 烧焦 火灾 失火 焦味 火光 救火 烟雾", minutes=60, urgency="critical", clock="calendar", danger="fire ambulance"),
    _kind("fire.charging", "充电棚不足与故障", "Charging sheds", "community.property community.committee street.management",
          "充电棚 充电桩 充电位 车棚 没电 不够 充不上 扫码 充电费 电瓶车棚 新能源 插座 安装", days=10),
    _kind("fire.throwing", "高空抛物", "Objects thrown from height", "community.committee street.police",
          "高空抛物 扔下来 抛物 烟头 楼上扔 酒瓶 垃圾袋 砸 差点砸到 窗户扔 花盆 往下倒 晾衣杆", days=1, urgency="urgent", clock="calendar", danger="police"),
    # Gas, water and power
    _kind("utility.gas_leak", "燃气泄漏", "Gas leak", "district.gas district.fire",
          "煤气味 燃气味 漏气 燃气泄漏 天然气 煤气泄漏 臭鸡蛋 煤气表 报警器响 软管 管道漏 味道很重 煤气", minutes=60, urgency="critical", clock="calendar", danger="gas fire"),
    _kind("utility.gas_supply", "燃气供应与安检", "Gas supply and inspection", "district.gas",
          "停气 燃气 煤气 安检 换表 抄表 点不着 热水器 灶具 燃气费 开通 软管更换 火小", days=3),
    _kind("utility.water_outage", "停水与水压低", "No water, low pressure", "district.tap_water community.property",
          "停水 没水 水压 水压低 水小 二次供水 水箱 水表 水费 断水 通知 热水器打不着 自来水", days=1, urgency="urgent", clock="calendar"),
    _kind("utility.water_quality", "自来水水质", "Tap water quality", "district.tap_water community.property district.health",
          "水质 发黄 黄水 水发黑 铁锈 水里 漂白粉 浑 自来水 水箱清洗 异味 杂质 沉淀", days=2, urgency="urgent"),
    _kind("utility.water_burst", "水管爆裂", "Burst water main", "district.tap_water district.water",
          "爆管 水管爆 爆裂 喷水 漫水 漏水 冒水 水柱 水管破 抢修 总管 路面冒水 哗哗", minutes=240, urgency="critical", clock="calendar"),
    _kind("utility.power_outage", "停电与跳闸", "Power cuts", "district.power community.property",
          "停电 跳闸 没电 断电 电表 电压 电费 空气开关 供电 灯一闪 老化 来电 跳电 烧保险", days=1, urgency="urgent", clock="calendar"),
    _kind("utility.wires", "线缆垂落裸露", "Hanging or bare cables", "district.power district.telecom street.management",
          "电线 电缆 垂下来 裸露 光缆 飞线 线缆 电线杆 掉下来 触电 火花 漏电 乱拉 挂在", minutes=240, urgency="critical", clock="calendar", danger="power police"),
    _kind("utility.network", "通信与宽带", "Telephone and broadband", "district.telecom street.management",
          "宽带 网络 光纤 信号 基站 手机信号 电话线 弱电 运营商 WiFi 断网 装机 独家", days=7),
    # Disputes
    _kind("neighbour.leak", "楼上楼下漏水纠纷", "Leak between flats", "community.committee community.property street.justice",
          "楼上漏水 漏到 楼下 卫生间漏 天花板滴水 赔偿 不肯修 防水 邻居 滴水 泡了 不认账 渗到", days=10, publishable=False),
    _kind("neighbour.space", "公共部位占用纠纷", "Dispute over shared space", "community.committee community.property street.justice",
          "占用 公共 走道 合用 厨房 天井 鞋柜 门口 邻居 吵架 公用 隔壁 灶间 晒台", days=7, publishable=False),
    _kind("neighbour.aircon", "空调外机与管线纠纷", "Dispute over air conditioners and pipes", "community.committee community.property street.justice",
          "空调外机 滴水 对着 热风 外机 移位 隔壁 冷凝水 雨棚 窗口 噪音 支架 装在", days=7, publishable=False),
    _kind("neighbour.family", "家庭矛盾与家暴", "Family conflict and violence", "street.police community.committee street.justice",
          "家暴 打人 打老婆 哭 吵架 打孩子 老公 婆婆 离婚 救命 赡养 子女 动手 虐待", minutes=120, urgency="critical", clock="calendar", danger="police ambulance", publishable=False),
    _kind("neighbour.estate", "物权与房产纠纷", "Dispute over ownership or tenancy", "street.justice community.committee",
          "房产 产权 遗产 继承 租客 房东 押金 不退 合同 户口 租金 动迁 分割 拆迁款", days=10, publishable=False),
    # Unlawful building and use
    _kind("illegal.structure", "违法搭建", "Unlawful structure", "street.enforcement district.enforcement",
          "违建 违法搭建 搭建 阳光房 加盖 露台 顶楼搭 彩钢板 玻璃房 封阳台 违章 小房子 砌墙 开工", days=7),
    _kind("illegal.enclosure", "圈占绿地天井", "Common ground fenced off", "street.enforcement community.property street.greenery",
          "圈地 圈占 围起来 私家花园 天井 公共绿地 栅栏 种菜 铲掉 铺地砖 底楼 占绿 水泥", days=7),
    _kind("illegal.crowding", "群租", "Overcrowded letting", "community.committee street.enforcement street.police district.housing",
          "群租 隔断 上下铺 二房东 租客 合租 打隔断 住了十几个人 员工宿舍 高低床 房东 租房 进进出出", days=10),
    _kind("illegal.business", "居改非与无证经营", "Business in dwellings", "street.enforcement street.market",
          "居改非 居民楼 开店 民宿 美容 棋牌室 仓库 无证 营业执照 快递点 公司 陌生人进出 日租房 麻将馆", days=7),
    _kind("illegal.opening", "破墙开门开店", "Doors and shops broken through walls", "street.enforcement street.housing",
          "破墙 开门 开窗 开店 底楼 砸墙 门洞 沿街 改门 窗改门 墙体 小店 承重", days=5, urgency="urgent"),
    # Welfare
    _kind("care.alone", "独居高龄老人关爱", "Old people living alone", "community.committee street.services district.civil",
          "独居 老人 高龄 一个人住 没人照顾 敲门 孤老 空巢 子女不在 关心 不放心 摔倒 上门 八十 九十", days=1, urgency="urgent", clock="calendar", danger="ambulance", publishable=False),
    _kind("care.meals", "老年助餐", "Meals for the elderly", "street.services district.civil",
          "助餐 食堂 老年食堂 送餐 饭菜 社区食堂 优惠 长者 助餐点 菜价 口味 软一点 打饭", days=7),
    _kind("care.home_care", "居家养老与长护险", "Home care and care insurance", "street.services street.affairs district.insurance",
          "长护险 护理员 居家养老 评估 护理 照护 养老院 日托 洗澡 卧床 失能 床位 适老化 扶手", days=7, publishable=False),
    _kind("care.disability", "助残与无障碍", "Disability and access", "community.committee street.services district.disabled",
          "残疾 残疾人 轮椅 无障碍 坡道 盲人 残疾证 残联 扶手 辅具 听障 推不上去 爬楼机", days=7),
    _kind("care.relief", "困难救助与低保", "Relief and subsistence allowance", "street.affairs street.services district.civil",
          "低保 困难 救助 补助 申请 大病 生活费 贫困 临时救助 失业 帮困 医药费 廉租房", days=10, publishable=False),
    _kind("care.child", "儿童与未成年人关爱", "Children in need", "community.committee street.services district.civil",
          "孩子 小孩 没人管 独自在家 留守 未成年 困境 辍学 一个人 父母 挨饿 饿 奶奶带", days=1, urgency="urgent", clock="calendar", danger="police", publishable=False),
    # Health
    _kind("health.clinic", "社区医疗服务", "Community health service", "street.health district.health",
          "社区医院 卫生服务中心 卫生站 配药 家庭医生 挂号 医生 排队 慢性病 打针 疫苗 体检 药 护士", days=5),
    _kind("health.insurance", "医保待遇", "Health insurance", "street.affairs district.insurance",
          "医保 医保卡 报销 异地 结算 自费 门诊 医保账户 断缴 居民医保 共济 报不了 参保", days=7, publishable=False),
    _kind("health.practice", "非法行医", "Unlicensed medical practice", "district.health street.market",
          "非法行医 无证 诊所 打针 美容针 祖传 牙科 没有执照 黑诊所 推拿 针灸 玻尿酸 拔牙 挂水", days=5, urgency="urgent"),
    _kind("health.disease", "传染病与公共卫生", "Infectious disease and public health", "street.health district.cdc district.health",
          "传染 发热 诺如 呕吐 手足口 流感 登革热 消毒 疫情 聚集 腹泻 水痘 消杀", days=1, urgency="urgent", clock="calendar"),
    _kind("health.mental", "心理与精神卫生", "Mental health", "street.health community.committee street.police",
          "精神病 发病 自言自语 想不开 抑郁 轻生 心理 精神 跳楼 情绪 砸东西 半夜喊 失眠 疏导", minutes=120, urgency="critical", clock="calendar", danger="police ambulance", publishable=False),
    _kind("health.smoking", "控烟", "Smoking", "street.health district.health",
          "抽烟 吸烟 控烟 二手烟 禁烟 烟味 电梯里抽 烟灰 网吧 劝阻 棋牌室 餐厅 香烟", days=5),
    # Work
    _kind("work.wages", "拖欠工资与劳动纠纷", "Unpaid wages and labour disputes", "street.services district.labour",
          "工资 拖欠 欠薪 不发 劳动合同 辞退 老板 加班费 赔偿 仲裁 农民工 包工头 讨薪 工钱", days=7, publishable=False),
    _kind("work.jobs", "就业与创业", "Jobs and starting a business", "street.affairs district.labour",
          "找工作 就业 失业 招聘 岗位 创业 求职 工作 再就业 应届 培训 简历 4050", days=7, publishable=False),
    _kind("work.insurance", "社会保险", "Social insurance", "street.affairs district.labour",
          "社保 养老金 退休 缴费 社保卡 补缴 失业金 灵活就业 认证 转移 养老保险 工伤 退休金", days=7, publishable=False),
    _kind("work.riders", "新就业群体服务", "Services for couriers and riders", "street.party community.committee street.services",
          "快递 外卖 骑手 快递员 外卖员 送餐 驿站 休息 进小区 喝水 充电 网约车 司机 小哥", days=5),
    # Education
    _kind("education.school", "入学与学区", "School places", "district.education",
          "入学 学区 对口 幼升小 转学 报名 统筹 小学 户籍 学校 招生 人户分离 居住证 初中", days=7, publishable=False),
    _kind("education.childcare", "托育与暑寒托", "Childcare and holiday care", "street.services district.education",
          "托班 托育 幼儿园 暑托班 寒托班 爱心 宝宝屋 带孩子 两岁 名额 没人带 托管 园", days=7),
    _kind("education.training", "校外培训退费", "Refunds by tutoring firms", "district.education street.market",
          "培训机构 退费 退钱 课时 跑路 关门 补课 预付 培训班 老师 不退 舞蹈班 英语 转让", days=10),
    _kind("education.gate", "校门口秩序与安全", "Safety at school gates", "district.traffic district.education street.police",
          "校门口 放学 上学 接送 学校门口 家长 堵 护学 斑马线 小学门口 幼儿园门口 电动车 三轮", days=5),
    # Animals
    _kind("animal.leash", "遛犬不牵绳与犬吠", "Dogs without a leash, barking", "community.committee street.police",
          "遛狗 狗 不牵绳 牵绳 狗叫 大型犬 狗屎 粪便 狗证 犬 养狗 不栓绳 烈性犬 拴", days=5),
    _kind("animal.bite", "犬只伤人", "Dog bites", "street.police community.committee",
          "狗咬 咬伤 咬了 被狗 狂犬疫苗 扑上来 抓伤 流血 咬人 赔医药费 恶犬 扑倒 伤口", minutes=240, urgency="critical", clock="calendar", danger="police ambulance"),
    _kind("animal.stray", "流浪猫狗", "Stray cats and dogs", "community.committee street.police",
          "流浪猫 流浪狗 野猫 喂猫 喂食 野狗 猫粮 绝育 发情 小区里的猫 猫 成群 救助", days=7),
    _kind("animal.pests", "四害防制", "Rats, roaches, mosquitoes", "community.property street.management district.cdc",
          "老鼠 蟑螂 蚊子 白蚁 苍蝇 灭鼠 消杀 四害 鼠药 蚊虫 老鼠洞 灭蚊 虫子 飞蛾", days=5),
    _kind("animal.wasps", "马蜂窝与蛇", "Wasp nests and snakes", "district.fire community.property",
          "马蜂 马蜂窝 蜂窝 蜜蜂 蛰 蛇 胡蜂 黄蜂 蜇人 窝 摘除 蜇 树上", days=1, urgency="urgent", clock="calendar", danger="fire ambulance"),
    # Market
    _kind("market.food", "食品安全", "Food safety", "street.market district.market",
          "食品 过期 变质 拉肚子 不卫生 异物 头发 发霉 健康证 饭店 外卖 蟑螂 食物中毒 苍蝇 保质期", days=5, urgency="urgent"),
    _kind("market.prepaid", "预付卡与消费纠纷", "Prepaid cards and consumer disputes", "street.market district.market",
          "预付卡 办卡 会员卡 退款 健身房 跑路 理发店 充值 关门 不退 美容卡 消费 联系不上 储值", days=10),
    _kind("market.price", "价格与计量", "Prices and measures", "street.market district.market",
          "缺斤短两 短斤缺两 秤 价格 标价 菜场 涨价 明码标价 称 不够秤 乱涨价 斤两 摊主", days=5),
    _kind("market.health_products", "老年人保健品与虚假宣传", "Health products sold to the elderly by false claims", "street.market street.police",
          "保健品 讲座 免费鸡蛋 发鸡蛋 会销 床垫 洗脑 虚假宣传 包治百病 老年人 听课 养生馆 理疗 骗老人", days=5, urgency="urgent"),
    _kind("market.delivery", "快递与驿站", "Parcels and pick-up points", "street.market community.property",
          "快递柜 驿站 快递 丢件 包裹 放门口 超时收费 取件 菜鸟 快递站 派件 不送上门 代收", days=7),
    # Public order
    _kind("order.theft", "盗窃", "Theft", "street.police",
          "偷 被偷 电瓶被偷 小偷 盗窃 失窃 撬锁 监控 偷车 报案 电瓶车不见 贼 没了", days=3, urgency="urgent", clock="calendar", danger="police"),
    _kind("order.fraud", "诈骗线索", "Fraud", "street.police street.safety",
          "诈骗 骗子 转账 刷单 冒充 公检法 汇款 假客服 中奖 骗钱 上当 陌生电话 投资 验证码", days=1, urgency="urgent", clock="calendar", danger="police", publishable=False),
    _kind("order.missing", "人员走失", "Missing person", "street.police community.committee",
          "走失 走丢 不见了 找不到 失踪 老年痴呆 没回家 寻人 走散 认知障碍 阿尔茨海默 出门", minutes=120, urgency="critical", clock="calendar", danger="police", publishable=False),
    _kind("order.gambling", "聚众赌博与可疑人员", "Gambling and suspicious people", "street.police street.safety",
          "赌博 麻将 赌钱 可疑 传销 聚众 棋牌室 陌生人 踩点 打牌 赌 深夜进出 卖淫", days=3, urgency="urgent"),
    # Public service
    _kind("service.counter", "窗口办事", "Service counters", "street.affairs",
          "窗口 办事 受理中心 材料 证明 居住证 排队 叫号 一网通办 跑了 盖章 补办 预约 开证明", days=3),
    _kind("service.conduct", "工作作风", "Conduct of staff", "street.operations district.petitions",
          "态度 工作人员 推来推去 踢皮球 不理 敷衍 作风 电话没人接 挂电话 居委会不管 官僚 投诉 凶", days=7),
    _kind("service.space", "活动场地与健身设施", "Activity rooms and fitness equipment", "community.committee street.services",
          "活动室 健身器材 健身 场地 乒乓 图书室 儿童乐园 滑梯 篮球场 凉亭 长椅 步道 老年活动室", days=7),
    _kind("service.idea", "意见建议", "Suggestions", "community.committee street.selfgov",
          "建议 希望 能不能 增设 提议 改进 想法 是否可以 倡议 完善 规划 意见 设置", days=10),
    _kind("service.praise", "感谢表扬", "Thanks and praise", "community.committee street.operations",
          "感谢 表扬 谢谢 点赞 好人好事 锦旗 热心 感动 帮忙 辛苦 好样的 温暖 周到", days=3),
    _kind("service.other", "其他事项", "Other matters", "community.committee street.operations",
          "咨询 请问 问一下 怎么办 哪里 其他 情况 反映 帮忙 联系 电话 不知道找谁", days=5),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _KINDS}

# How long the steps other than the finishing may take; the finishing time stands with each kind.
STEP_TIMES: tuple[StepTime, ...] = (
    StepTime(step="accept", urgency="critical", clock="calendar", minutes=10),
    StepTime(step="accept", urgency="urgent", clock="calendar", minutes=120),
    StepTime(step="accept", urgency="routine", clock="working", days=1),
    StepTime(step="dispatch", urgency="critical", clock="calendar", minutes=10),
    StepTime(step="dispatch", urgency="urgent", clock="calendar", minutes=120),
    StepTime(step="dispatch", urgency="routine", clock="working", days=1),
    StepTime(step="sign", urgency="critical", clock="calendar", minutes=15),
    StepTime(step="sign", urgency="urgent", clock="calendar", minutes=240),
    StepTime(step="sign", urgency="routine", clock="working", days=1),
    StepTime(step="feed_back", urgency="critical", clock="calendar", days=1),
    StepTime(step="feed_back", urgency="urgent", clock="working", days=1),
    StepTime(step="feed_back", urgency="routine", clock="working", days=2),
)


def kinds_of(group: str) -> tuple[Kind, ...]:
    """The kinds of one group, in the order of the tree."""
    return tuple(kind for kind in KINDS.values() if kind.group == group)
