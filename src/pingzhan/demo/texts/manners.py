"""How each group of kinds is talked about by those who handle it, and what residents say afterwards."""

# ruff: noqa: E501
# One phrase or table row a line, wide Chinese characters count double:
# fmt: off

from collections.abc import Mapping
from dataclasses import dataclass

from pingzhan.demo.texts.shapes import Manner, Tone, WrongTurn


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What is said around a matter whatever its kind. `refer`: why a community hands it up."""

    reopen: tuple[str, ...]
    withdraw: tuple[str, ...]
    refer: tuple[str, ...]
    urge: tuple[str, ...]


HOLDS: tuple[str, ...] = (
    "配件需向厂家订购，到货前暂停计时，每周告知一次进展。",
    "须等住户在家时上门，已约定时间。",
    "连日下雨无法施工，天晴后继续。",
    "需公示征询，公示期内暂停计时。",
)

_DUPLICATE = "与已受理的事项为同一事项，已并入原事项办理，进展请看原事项。"
_VAGUE = "描述中没有可以核实的地点和时间，联系未果，请补充后重新提交。"

_ON_THE_WAY = ("已核实地点和情况，属于受理范围，予以受理。", "情况清楚，予以受理。", "已电话核实，予以受理，请留意后续进展。")
_SEND = ("请{right}到现场核实处置，按时反馈。", "转{right}办理，处理前后请拍照留存。", "请{right}牵头办理，居委会配合。")
_HELP_ACCEPT = ("已了解情况，予以受理，请保持电话畅通。", "情况需要尽快落实，立即受理。", "已与本人或家属联系，予以受理。")
_HELP_SEND = ("请{right}尽快与当事人联系，注意保护隐私。", "转{right}办理，上门前请先电话联系。", "请{right}核实政策条件，一次告知所需材料。")
_FAST_SEND = ("请{right}立即到场处置，到场后先回报。", "转{right}先行处置，确保人员安全。", "请{right}优先处理，有险情先设围挡。")

_NOT_OURS = {
    "community.property": "该事项不属于物业服务合同约定范围，物业无权处置，应由{right}办理。",
    "community.committee": "居委会无此项职责权限，已先做解释，建议转{right}。",
    "street.enforcement": "经现场查看不属于城管执法事项，应由{right}办理。",
    "street.housing": "不涉及房屋管理职责，建议转{right}。",
    "street.greenery": "现场不在绿化市容养护范围内，应由{right}办理。",
    "street.market": "该主体不在市场监管登记范围，职责在{right}。",
    "street.police": "未发现治安违法情形，属于{right}职责。",
    "street.services": "非社区服务办经办业务，由{right}受理。",
    "street.affairs": "受理中心窗口无此业务，请转{right}。",
    "district.water": "排查后确认非市政管网，为{right}管养范围。",
    "district.construction": "该段不属于市政道路，养护责任在{right}。",
    "district.environment": "按职责分工，此类情形由{right}先行处置。",
    "district.civil": "须由{right}初核后再报送。",
    "district.education": "不属于教育部门审批管理，建议转{right}。",
}


def _turns(units: str) -> tuple[WrongTurn, ...]:
    """Wrong turns to these units; at least two, so that one is left when the other is the right one."""
    return tuple(WrongTurn(unit, _NOT_OURS[unit]) for unit in units.split())


def _manner(
    tone: Tone, turns: str, *, rejects: tuple[str, ...] = (), holds: tuple[str, ...] = (), fast: bool = False
) -> Manner:
    """A group's manner. `fast`: what it handles cannot wait."""
    helping = tone == "help"
    return Manner(
        tone=tone, accept=_HELP_ACCEPT if helping else _ON_THE_WAY,
        dispatch=_FAST_SEND if fast else _HELP_SEND if helping else _SEND,
        returns=_turns(turns), rejects=(*rejects, _DUPLICATE, _VAGUE), holds=holds,
    )


MANNERS: dict[str, Manner] = {
    "property": _manner("complaint", "street.enforcement street.market", rejects=("属于物业合同的民事争议且已提起诉讼，请以法院裁判为准。",), holds=("须经业主表决，征询期内暂停计时。", "等待业委会提供合同和账册。")),
    "housing": _manner("complaint", "street.enforcement district.water", rejects=("报修部位在室内，属于自用部位，请联系物业有偿维修。",), holds=("维修方案须业主签字，签字期间暂停计时。", "配件需向厂家订购，到货前暂停计时。", "连日下雨无法做防水，天晴后施工。")),
    "appearance": _manner("complaint", "community.committee street.market", rejects=("现场核查未发现所述情况，请补充照片和时间后重新提交。",), holds=("树木修剪须待适宜季节，已排入计划。", "等待登高车排期。")),
    "waste": _manner("complaint", "street.enforcement district.environment", rejects=("已于提交前清运完毕，现场无堆积。",), holds=("等待设施改造材料到货。", "清运车辆临时检修，已调配备用车。")),
    "traffic": _manner("complaint", "street.enforcement district.construction community.property", rejects=("对交通违法处罚有异议，请按处罚决定书所列途径申请复议。",), holds=("须办理掘路许可，审批期间暂停计时。", "标线施工须待路面干燥。")),
    "noise": _manner("complaint", "street.market district.environment community.property", rejects=("三次上门均未听到所述声响，请在声响出现时再次反映。",), holds=("等待监测机构排期测量。", "当事住户外出，约定返回后上门。")),
    "environment": _manner("complaint", "street.market community.property", rejects=("现场检测符合排放标准，检测单已发给反映人。",), holds=("等待监测报告。", "商户停业整改，复业后复测。")),
    "fire": _manner("complaint", "street.enforcement street.housing", rejects=("现场已恢复通畅，未发现隐患。",), holds=("消防配件订购中，已临时配置替代设备。", "充电设施须供电增容，等待批复。"), fast=True),
    "utility": _manner("complaint", "street.housing street.enforcement", rejects=("属于按计划停供，通知已提前公示，现已恢复。",), holds=("须开挖路面，等待掘路许可。", "等待住户在家时入户检查。"), fast=True),
    "neighbour": _manner("help", "street.enforcement street.market", rejects=("双方已就此事提起诉讼，不再作调解，请以法院裁判为准。", "另一方明确不同意调解，建议通过法律途径解决。"), holds=("一方当事人外出，约定返回后调解。", "等待检测结果后继续调解。")),
    "illegal": _manner("complaint", "community.property street.services", rejects=("经核对产权和规划资料，该部位为合法建筑。",), holds=("等待规划资源部门认定。", "当事人申请复核，复核期间暂停计时。", "连续三次上门无人，已张贴约谈通知。")),
    "care": _manner("help", "district.civil street.affairs street.housing", rejects=("当事人表示不需要，并请不要再上门；已留下联系卡。",), holds=("等待评估机构上门评估。", "等待家属补齐材料。")),
    "health": _manner("help", "community.committee street.services", rejects=("属于诊疗结果争议，请向医疗纠纷人民调解委员会申请。",), holds=("等待参保地回函。", "药品采购在途。")),
    "work": _manner("help", "community.committee street.services", rejects=("已由劳动人事争议仲裁委员会立案，请以仲裁结果为准。",), holds=("等待单位提供工资台账。", "等待申请人补交材料。")),
    "education": _manner("help", "community.committee street.services", rejects=("属于学校正常教学安排，已由学校向家长说明。",), holds=("学期内不便施工，安排在假期进行。", "等待机构提供合同和账目。")),
    "animal": _manner("complaint", "street.greenery street.market", rejects=("走访周边未见所述犬只，请补充照片。",), holds=("饲养人外出，约定返回后上门。", "须等虫害防治公司排期。")),
    "market": _manner("complaint", "street.enforcement street.services", rejects=("商家已注销且无法联系，建议通过诉讼途径主张。", "不能提供消费凭证，无法核实交易。"), holds=("样品送检，等待检验报告。", "等待商家提供账册。")),
    "order": _manner("complaint", "street.enforcement street.services", rejects=("已在公安机关立案，不重复受理，请向承办民警了解进展。",), holds=("案件侦查中，进展由承办民警告知。",), fast=True),
    "service": _manner("advice", "street.services street.enforcement", rejects=("不属于基层治理事项，已告知相应的办理渠道。",), holds=("列入居民议事会议题，会后答复。", "须纳入年度项目预算统筹。")),
}

PHRASES: Mapping[Tone, Phrases] = {
    "complaint": Phrases(
        reopen=("好了没几天又老样子了，请再来看看。", "照片上是弄好了，可我{day}去看还是这样。", "只处理了一半，剩下的没人管。", "回复说已整改，实际没动，不认可。"),
        withdraw=("已经解决了，不用再办了。", "发现前面已经有人报过了，撤回。", "地方写错了，我重新报一个。"),
        refer=("居委会和物业协调两次未果，需要上级部门牵头。", "涉及执法权限，社区无权处置，请街道协调。", "涉及多个部门，请区级城运中心协调。"),
        urge=("一个星期了，有没有进展？", "麻烦催一催，天天都在受影响。", "怎么还没人联系我？", "到底几时来弄，给个准日子。"),
    ),
    "help": Phrases(
        reopen=("说好的事情还没有落实，请再帮忙看看。", "情况又有反复，实在没办法才再来找你们。", "材料交上去以后就没消息了。"),
        withdraw=("家里已经自己想办法解决了，谢谢。", "双方谈好了，不麻烦你们了。", "暂时不需要了，以后有需要再联系。"),
        refer=("超出社区能办的范围，请街道对口科室研究。", "政策口径需要上级部门明确。", "当事人情况特殊，建议街道牵头个案会商。"),
        urge=("不好意思再问一下，办到哪一步了？", "老人等着用，麻烦快一点。", "这几天情况更急了，请尽快。"),
    ),
    "advice": Phrases(
        reopen=("答复讲得太笼统，想知道具体怎么安排。", "说会研究，几个月了没看到结果。", "请再考虑一下，很多邻居都有同样的想法。"),
        withdraw=("问题已经问清楚了，撤回。", "已在窗口办好，谢谢。", "重复提交了。"),
        refer=("建议涉及街道层面的规划，请街道研究。", "涉及区级政策，请区级部门答复。", "需要跨社区统筹资源。"),
        urge=("请问建议研究得怎么样了？", "有进展请告诉一声。", "想了解一下什么时候有答复。"),
    ),
}

COMMENTS: Mapping[Tone, Mapping[int, tuple[str, ...]]] = {
    "complaint": {
        1: ("根本没解决，走过场。", "回复漂亮，问题照旧。", "等了这么久就一句“已告知”？"),
        2: ("拖得太久，催了才动。", "处理是处理了，没两天又回潮。", "只管表面，不管根子。"),
        3: ("还可以吧，看以后会不会反复。", "态度不错，速度一般。", "弄好了一部分，继续观察。"),
        4: ("处理得蛮好，就是慢了一点。", "基本解决，谢谢。", "来的同志很负责，希望能长期管住。"),
        5: ("报上去第二天就有人来，点赞！", "困扰很久的事解决了，感谢。", "有回音有结果，满意。"),
    },
    "help": {
        1: ("没有帮到我。", "只让我补材料，补了又说不行。", "没人上门，也没有电话。"),
        2: ("跑了好几趟，太折腾老人。", "态度客气，事情没怎么推进。", "等得太久了。"),
        3: ("办了一部分，谢谢，后面还请继续。", "讲得清楚，但条件不符合，也没办法。", "还行。"),
        4: ("工作人员很耐心，谢谢。", "基本办好了，比想的快。", "帮了大忙，手续再简单点就更好。"),
        5: ("真的谢谢你们，把我们老人放在心上。", "难处解决了，非常感谢！", "上门来办，没让我们多跑一趟，太好了。"),
    },
    "advice": {
        1: ("答非所问。", "官话套话，没有内容。"),
        2: ("答复太慢，也不具体。", "说考虑，没有下文。"),
        3: ("有回复就好，希望真的去做。", "理解有难处，继续关注。"),
        4: ("答复认真，有计划有时间。", "建议被听进去了，高兴。"),
        5: ("真的照建议改了，很感动！", "回复又快又实在，点赞。", "谢谢你们，社区越来越好了。"),
    },
}
