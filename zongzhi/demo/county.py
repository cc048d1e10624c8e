"""Who and where in the demo county: regions, centres, rooms, windows, departments, people, grids.

Everything refers to everything else by code, so that a loader can go through the tuples in the
order in which they stand here and never meet a code it has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from zongzhi.demo.people import Sex, landline, mobile, name_of

Level = Literal["city", "county", "town", "village"]
DepartmentKind = Literal["bureau", "body", "center"]
BodyKind = Literal["committee", "professional", "personal", "featured"]
Residency = Literal["resident", "rotating", "on_call"]
Role = Literal[
    "clerk",  # 窗口登记员
    "triage",  # 分流员，也督办、回访
    "handler",  # 部门工作人员
    "head",  # 部门负责人
    "mediator",  # 调解员
    "grid_worker",  # 网格员
    "leader",  # 中心领导
    "sysadmin",  # 系统管理员
    "secadmin",  # 安全管理员
    "auditor",  # 审计管理员
    "channel",  # 接入系统
]
RoomKind = Literal["hall", "mediation", "police", "counselling", "legal_aid", "community"]
GridKind = Literal["comprehensive", "dedicated", "micro"]
GridRole = Literal["head", "full_time", "part_time", "informant"]


@dataclass(frozen=True, slots=True)
class Region:
    code: str  # 12 digits
    name: str
    level: Level
    parent: str  # "" for the city, which is the top of the demo

    @property
    def prefix(self) -> str:
        """What the codes of everything inside begin with."""
        return self.code[: {"city": 4, "county": 6, "town": 9, "village": 12}[self.level]]


@dataclass(frozen=True, slots=True)
class Center:
    region: str
    name: str
    short: str
    level: Level
    department: str  # code of the Department that stands for the centre
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Room:
    center: str  # region code of the centre
    name: str
    kind: RoomKind
    seats: int


@dataclass(frozen=True, slots=True)
class Window:
    center: str
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    name: str
    short: str
    kind: DepartmentKind
    center: str  # region code of the centre it belongs to or works at
    residency: Residency | None  # None for a centre: it is at home
    duties: str
    phone: str
    window: int | None = None  # number of a Window of the centre


@dataclass(frozen=True, slots=True)
class Post:
    role: Role
    center: str
    department: str = ""
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    title: str
    phone: str
    posts: tuple[Post, ...]
    cast: bool = False  # one of the demo accounts that are printed at start


@dataclass(frozen=True, slots=True)
class Mediator:
    username: str
    body: str
    level: int  # 1 is the highest of four
    specialities: tuple[str, ...]  # dispute type codes
    languages: tuple[str, ...]
    background: str


@dataclass(frozen=True, slots=True)
class Grid:
    code: str  # village code + 3 digits: 001 comprehensive, 101 dedicated, 201 micro
    name: str
    kind: GridKind
    village: str
    households: int
    parent: str = ""  # the comprehensive grid a micro grid lies in


@dataclass(frozen=True, slots=True)
class GridDuty:
    username: str
    grid: str
    role: GridRole


# ------------------------------------------------------------------ places

CITY = "990100000000"
COUNTY = "990101000000"

# Three digits of the township, name, initials, its villages. Numbering as in the statistical
# codes: 001-099 streets, 100-199 towns, 200-399 townships; communities from 001, villages from 201.
_TOWNS: tuple[tuple[str, str, str, str], ...] = (
    ("001", "城东街道", "CDJD", "和平社区 春风社区 文化路社区 东门社区 学府社区 湖滨社区"),
    ("002", "城西街道", "CXJD", "西苑社区 建设路社区 花园社区 惠民社区 新城社区 朝阳社区 园区社区"),
    ("100", "青石镇", "QSZ", "和谐社区 青石街社区 上坝村 下坝村 石湾村 大水井村 核桃箐村"),
    ("101", "柳河镇", "LHZ", "柳河社区 柳树村 河湾村 渡口村 杨家寨村 沙坝村 新塘村"),
    ("102", "白云镇", "BYZ", "白云社区 云脚村 望云村 坡头村 竹园村 茶山村"),
    ("103", "石桥镇", "SQZ", "石桥社区 桥头社区 老桥村 石板村 李家湾村 马场村"),
    ("104", "清泉镇", "QQZ", "清泉社区 泉眼村 水磨村 稻香村 荷塘村 长田村"),
    ("105", "双河镇", "SHZ", "双河社区 河东村 河西村 三岔村 鱼塘村 新民村 光明村"),
    ("106", "龙潭镇", "LTZ", "龙潭社区 矿区社区 潭口村 石岩村 大箐村 红旗村"),
    ("200", "松林乡", "SLX", "松林村 松坪村 岩脚村 林场村 老鹰岩村"),
    ("201", "红土乡", "HTX", "红土村 梨园村 红坡村 土桥村 高寨村"),
    ("202", "大坪乡", "DPX", "大坪村 小坪村 半坡村 麦地村 羊街村 丰收村"),
    ("203", "云雾乡", "YWX", "云雾村 露水村 箐口村 花坪村 冷水村"),
)


def _villages(town: str, names: str) -> Iterator[Region]:
    communities, villages = count(1), count(201)
    for name in names.split():
        serial = next(communities if name.endswith("社区") else villages)
        yield Region(f"{town[:9]}{serial:03d}", name, "village", town)


def _regions() -> Iterator[Region]:
    yield Region(CITY, "示范市", "city", "")
    yield Region(COUNTY, "示范县", "county", CITY)
    for digits, name, _, villages in _TOWNS:
        town = Region(f"990101{digits}000", name, "town", COUNTY)
        yield town
        yield from _villages(town.code, villages)


REGIONS = tuple(_regions())
REGION = {region.code: region for region in REGIONS}
TOWNS = tuple(region for region in REGIONS if region.level == "town")
VILLAGES = tuple(region for region in REGIONS if region.level == "village")

_INITIALS = {f"990101{digits}000": initials for digits, _, initials, _ in _TOWNS}
_INITIALS |= {CITY: "SFS", COUNTY: "SFX"}


def _center(index: int, region: Region) -> Center:
    match region.level:
        case "city" | "county":
            name = short = f"{region.name}综治中心"
            code, address = _INITIALS[region.code], f"{region.name}迎宾路 1 号"
        case "town":
            name, short = f"{region.name}综治中心", f"{region.name}中心"
            code, address = _INITIALS[region.code], f"{region.name}政府院内"
        case "village":
            town = REGION[region.parent]
            name, short = f"{town.name}{region.name}综治中心", f"{region.name}中心"
            code = _INITIALS[town.code] + region.code[-3:]
            address = f"{town.name}{region.name}便民服务大厅"
    if region.level == "city":
        address = f"{region.name}人民路 8 号"
    return Center(region.code, name, short, region.level, code, address, landline(1000 + index))


CENTERS = tuple(_center(index, region) for index, region in enumerate(REGIONS))
CENTER = {center.region: center for center in CENTERS}

# 一厅五室
ROOMS = (
    Room(COUNTY, "群众接待大厅", "hall", 40),
    Room(COUNTY, "矛盾纠纷调处室", "mediation", 16),
    Room(COUNTY, "警民联络室", "police", 8),
    Room(COUNTY, "心理关爱室", "counselling", 4),
    Room(COUNTY, "法律援助室", "legal_aid", 6),
    Room(COUNTY, "社会组织工作室", "community", 10),
    *(
        room
        for town in TOWNS
        for room in (
            Room(town.code, "群众接待厅", "hall", 12),
            Room(town.code, "调解室", "mediation", 10),
        )
    ),
    *(Room(village.code, "议事调解室", "mediation", 8) for village in VILLAGES),
)

WINDOWS = (
    Window(COUNTY, 1, "引导咨询"),
    Window(COUNTY, 2, "综合受理"),
    Window(COUNTY, 3, "综合受理"),
    Window(COUNTY, 4, "信访接待"),
    Window(COUNTY, 5, "诉讼与检察服务"),
    Window(COUNTY, 6, "公共法律服务"),
    Window(COUNTY, 7, "警民联络"),
    Window(COUNTY, 8, "轮驻部门"),
    *(Window(town.code, 1, "综合受理") for town in TOWNS),
)

# ------------------------------------------------------------------ departments

# Code, full name, short name, duties, window of the county centre.
_RESIDENT = (
    (
        "GA",
        "示范县公安局",
        "公安局",
        "治安纠纷、家庭暴力警情、交通事故认定、户籍管理，办理治安调解",
        7,
    ),
    ("JC", "示范县人民检察院", "检察院", "受理控告申诉，支持起诉，办理司法救助和法律监督事项", 5),
    ("FY", "示范县人民法院", "法院", "诉讼指引、立案、诉前委派调解和人民调解协议的司法确认", 5),
    ("SF", "示范县司法局", "司法局", "指导人民调解，提供法律援助、公证指引和行政复议咨询", 6),
    ("XF", "示范县信访局", "信访局", "接待来访，登记、转送、交办信访事项并督促答复", 4),
    ("FXH", "示范县法学会", "法学会", "组织法律专家参与疑难纠纷会商，提供法律意见", 4),
)
_ROTATING = (
    (
        "RS",
        "示范县人力资源和社会保障局",
        "人社局",
        "劳动保障监察、劳动争议仲裁、农民工工资支付和社会保险",
    ),
    ("ZJ", "示范县住房和城乡建设局", "住建局", "房屋质量、商品房交付、物业服务监管和建筑市场管理"),
    ("MZ", "示范县民政局", "民政局", "社会救助、婚姻登记、养老服务、儿童福利和地名管理"),
    ("WJ", "示范县卫生健康局", "卫健局", "医疗机构监管、医疗纠纷行政处理和公共场所卫生"),
    ("ZR", "示范县自然资源局", "自然资源局", "土地权属、不动产登记、规划许可和征地管理"),
    ("SJ", "示范县市场监督管理局", "市场监管局", "消费投诉、价格、食品药品和产品质量监管"),
    ("NY", "示范县农业农村局", "农业农村局", "土地承包经营、宅基地管理、农资质量和村集体资产监督"),
    ("JY", "示范县教育体育局", "教育局", "入学转学、校园安全、教师管理和校外培训监管"),
    ("JT", "示范县交通运输局", "交通局", "道路运输、客运企业监管、农村公路建设与养护"),
    ("ST", "示范市生态环境局示范县分局", "生态环境局", "水、气、声、固体废物污染投诉的查处"),
    ("FL", "示范县妇女联合会", "妇联", "维护妇女儿童权益，参与婚姻家庭纠纷调解和反家暴工作"),
    (
        "CG",
        "示范县城市管理综合行政执法局",
        "城管局",
        "占道、油烟、施工噪声、违法建设和市容环境管理",
    ),
    ("YJ", "示范县应急管理局", "应急局", "安全生产监管、自然灾害救助和突发事件协调"),
    ("WL", "示范县文化和旅游局", "文旅局", "旅行社、景区和文化市场监管，处理旅游投诉"),
)
_ON_CALL = (
    ("GH", "示范县总工会", "总工会", "职工维权、劳动争议调解和困难职工帮扶"),
    ("TW", "共青团示范县委员会", "团县委", "青少年权益维护和心理关爱"),
    ("LC", "示范县林业和草原局", "林草局", "林权争议、公益林补偿、退耕还林和野生动物肇事补偿"),
    ("SW", "示范县水务局", "水务局", "农村供水、灌溉用水、河道采砂和水库移民事务"),
    ("SU", "国家税务总局示范县税务局", "税务局", "社会保险费征缴、发票举报和税费争议"),
    ("CL", "示范县残疾人联合会", "残联", "残疾人权益保障、康复和就业服务"),
    ("YB", "示范县医疗保障局", "医保局", "医保报销、医药价格和医保基金监管"),
    ("FG", "示范县发展和改革局", "发改局", "粮食、能源价格和重点项目协调"),
    ("GX", "示范县工业和信息化局", "工信局", "企业服务、账款拖欠协调和通信设施协调"),
    ("TY", "示范县退役军人事务局", "退役军人局", "退役军人安置、优抚待遇和权益维护"),
    ("CZ", "示范县财政局", "财政局", "惠农补贴发放和财政资金拨付"),
    ("ZS", "示范县征地拆迁安置中心", "征收中心", "征收补偿、安置房分配和过渡费发放"),
    ("XFD", "示范县消防救援大队", "消防大队", "消防安全检查、通道占用和电动车充电隐患"),
)
_BODIES = (
    ("RMTJ", "示范县人民调解中心", "人民调解中心", "调解婚姻家庭、邻里、债务、损害赔偿等民间纠纷"),
    ("YTW", "示范县医疗纠纷人民调解委员会", "医调委", "调解医疗机构与患者之间的纠纷"),
    ("JTW", "示范县道路交通事故人民调解委员会", "交调委", "调解道路交通事故损害赔偿纠纷"),
    ("WTW", "示范县物业纠纷人民调解委员会", "物调委", "调解业主、物业服务企业之间的纠纷"),
    ("LTW", "示范县劳动争议人民调解委员会", "劳调委", "调解劳动报酬、工伤待遇、解除合同等争议"),
    ("SSZ", "石守正个人调解室", "石守正调解室", "由退休村支书主持，擅长山林土地、宅基地和邻里纠纷"),
    (
        "JHTJ",
        "家和婚姻家庭特色调解室",
        "家和调解室",
        "妇联与司法局共建，调解婚姻家庭纠纷，带心理疏导",
    ),
)

DUTY_PHONES = ("police", "women", "hospital", "civil", "education")


def _departments() -> Iterator[Department]:
    serial = count(1)

    def phone() -> str:
        return landline(next(serial))

    for code, name, short, duties, window in _RESIDENT:
        yield Department(code, name, short, "bureau", COUNTY, "resident", duties, phone(), window)
    for code, name, short, duties in _ROTATING:
        yield Department(code, name, short, "bureau", COUNTY, "rotating", duties, phone(), 8)
    for code, name, short, duties in _ON_CALL:
        yield Department(code, name, short, "bureau", COUNTY, "on_call", duties, phone())
    for code, name, short, duties in _BODIES:
        yield Department(code, name, short, "body", COUNTY, "resident", duties, phone())
    for center in CENTERS:
        duties = f"受理、分流、调处{REGION[center.region].name}范围内的矛盾纠纷"
        yield Department(
            center.department,
            center.name,
            center.short,
            "center",
            center.region,
            None,
            duties,
            center.phone,
        )


DEPARTMENTS = tuple(_departments())
BODY_KINDS: dict[str, BodyKind] = {
    "RMTJ": "committee",
    "YTW": "professional",
    "JTW": "professional",
    "WTW": "professional",
    "LTW": "professional",
    "SSZ": "personal",
    "JHTJ": "featured",
}
DEPARTMENT = {department.code: department for department in DEPARTMENTS}

# ------------------------------------------------------------------ people

QINGSHI = "990101100000"  # 青石镇, the town of the cast
HEXIE = "990101100001"  # 和谐社区, the village of the cast
THIRD_GRID = HEXIE + "003"

_phones = count(90_000)


def _person(username: str, name: str, title: str, *posts: Post, cast: bool = False) -> Person:
    return Person(username, name, title, mobile(next(_phones)), posts, cast)


def _all_hats(center: str) -> tuple[Post, ...]:
    """One person who is the whole village centre."""
    department = CENTER[center].department
    roles: tuple[Role, ...] = ("clerk", "triage", "handler", "head")
    return tuple(Post(role, center, department) for role in roles)


CAST = (
    _person("clerk", "王芳", "窗口登记员", Post("clerk", COUNTY, "SFX", 3), cast=True),
    _person(
        "triage",
        "周敏",
        "综合协调岗",
        Post("triage", COUNTY, "SFX"),
        cast=True,
    ),
    _person("renshe", "李勇", "劳动保障监察大队监察员", Post("handler", COUNTY, "RS"), cast=True),
    _person("renshe_head", "郑海", "人社局副局长", Post("head", COUNTY, "RS"), cast=True),
    _person("zhujian", "周凯", "物业管理股干部", Post("handler", COUNTY, "ZJ"), cast=True),
    _person("gongan", "吴刚", "治安大队民警", Post("handler", COUNTY, "GA"), cast=True),
    _person(
        "mediator",
        "赵英",
        "专职人民调解员",
        Post("mediator", COUNTY, "RMTJ"),
        Post("handler", COUNTY, "RMTJ"),
        cast=True,
    ),
    _person(
        "town_clerk",
        "陈晓琳",
        "青石镇综治中心登记员",
        Post("clerk", QINGSHI, "QSZ", 1),
        Post("triage", QINGSHI, "QSZ"),
        cast=True,
    ),
    _person(
        "town_handler", "黄志平", "青石镇司法所调解员", Post("handler", QINGSHI, "QSZ"), cast=True
    ),
    _person("village", "杨春梅", "和谐社区党总支书记", *_all_hats(HEXIE), cast=True),
    _person(
        "grid", "赵小军", "和谐社区专职网格员", Post("grid_worker", HEXIE, "QSZ001"), cast=True
    ),
    _person(
        "leader",
        "张立远",
        "县委政法委副书记、综治中心主任",
        Post("leader", COUNTY, "SFX"),
        cast=True,
    ),
    _person("sysadmin", "孙志鹏", "信息股系统管理员", Post("sysadmin", COUNTY, "SFX"), cast=True),
    _person("secadmin", "何静", "信息股安全管理员", Post("secadmin", COUNTY, "SFX"), cast=True),
    _person("auditor", "罗文斌", "机关纪委审计管理员", Post("auditor", COUNTY, "SFX"), cast=True),
)

# Department, user name (its head is <user name>_head), staff, head. "-" where the cast has it.
_STAFF = """
GA    gongan    -                马立坤
JC    jiancha   沈佳怡           邓国梁
FY    fayuan    孙丽娟           曹永年
SF    sifa      蒋雨晴           田维新
XF    xinfang   谢长青           胡春燕
FXH   faxuehui  范思远           秦守仁
RS    renshe    -                -
ZJ    zhujian   -                冯启明
MZ    minzheng  热比古丽·买买提  苏桂香
WJ    weijian   白雪莹           龚正华
ZR    ziran     段志坚           崔玉明
SJ    shijian   陈䶮             贺立群
NY    nongye    普有福           范家祥
JY    jiaoyu    刘𬍛             梁淑贤
JT    jiaotong  姚顺利           邹远航
ST    shengtai  叶春晓           江永平
FL    fulian    董慧敏           余秀兰
CG    chengguan 雷云鹏           侯振东
YJ    yingji    石磊             夏安平
WL    wenlv     王㼆             尹若兰
GH    gonghui   廖明珠           汪德福
TW    tuanwei   丁一诺           方启航
LC    lincao    施永康           林茂森
SW    shuiwu    钱江涛           汤泽民
SU    shuiwuju  毛春华           孟祥和
CL    canlian   顾念慈           郝志义
YB    yibao     邵佳音           傅延年
FG    fagai     万海燕           贾思勤
GX    gongxin   武新科           潘永福
TY    tuiyi     戴卫平           卢忠明
CZ    caizheng  金晓云           吕慎行
ZS    zhengshou 任建华           杜成林
XFD   xiaofang  常志豪           郭庆
RMTJ  tiaojie   -                褚万山
YTW   yitiao    严素琴           柏文秀
JTW   jiaotiao  单永强           裴国忠
WTW   wutiao    祝小兰           路建义
LTW   laotiao   岳建平           时春来
SSZ   shouzheng 石开文           石守正
JHTJ  jiahe     季晓敏           庄玉洁
"""

# The town centres: who receives and dispatches, who handles, who leads.
_TOWN_STAFF = """
CDJD  chengdong 林晓芸 唐文杰 魏建业
CXJD  chengxi   许佳慧 韩志刚 薛永安
QSZ   qingshi   -      -      彭德明
LHZ   liuhe     柳映红 邓少波 阎守成
BYZ   baiyun    白玉洁 程立志 钟远声
SQZ   shiqiao   姜小燕 石大林 秦本初
QQZ   qingquan  袁秀清 罗长顺 蔡国栋
SHZ   shuanghe  何双燕 于成林 宋承业
LTZ   longtan   龙小梅 潘应祥 谭志广
SLX   songlin   杨秀芳 罗大林 毕继先
HTX   hongtu    洪秀云 李旺才 高占云
DPX   daping    平小丽 麦成林 马年生
YWX   yunwu     段云芝 普世荣 冷长春
"""

# More people of the county centre and the city, and some grid workers besides the cast.
_MORE = (
    _person("clerk1", "陶丽萍", "引导员", Post("clerk", COUNTY, "SFX", 1)),
    _person("clerk2", "高雨桐", "窗口登记员", Post("clerk", COUNTY, "SFX", 2)),
    _person("clerk4", "卫小蓉", "窗口登记员", Post("clerk", COUNTY, "SFX", 4)),
    _person("triage2", "邢志伟", "综合协调岗", Post("triage", COUNTY, "SFX")),
    _person("supervisor", "宁海生", "督办员", Post("triage", COUNTY, "SFX")),
    _person("follow_up", "祁红梅", "回访员", Post("clerk", COUNTY, "SFX")),
    _person("leader2", "郎世明", "综治中心副主任", Post("leader", COUNTY, "SFX")),
    _person("hotline", "12345热线平台", "接入系统", Post("channel", COUNTY, "SFX")),
    _person("city_clerk", "安晓岚", "市综治中心登记员", Post("clerk", CITY, "SFS")),
    _person(
        "city_triage",
        "左明远",
        "市综治中心综合协调岗",
        Post("triage", CITY, "SFS"),
    ),
    _person("city_handler", "乔文静", "市综治中心调处科干部", Post("handler", CITY, "SFS")),
    _person("city_leader", "景国良", "市综治中心主任", Post("leader", CITY, "SFS")),
)

# Username, name, village: full-time grid workers, one grid each from 001 on.
_GRID_WORKERS = """
grid_hexie1     付秀琼    990101100001
grid_hexie2     邱建华    990101100001
grid_qingshi1   尤丽琴    990101100002
grid_shangba1   普自强    990101100201
grid_xiaba1     李㼆      990101100202
grid_heping1    费小勇    990101001001
grid_chunfeng1  阮红英    990101001002
grid_yuanqu1    车志强    990101002007
grid_liuhe1     尚春兰    990101101001
grid_baiyun1    字学明    990101102001
grid_shiqiao1   童丽珍    990101103001
grid_qingquan1  盛永祥    990101104001
grid_shuanghe1  游金凤    990101105001
grid_longtan1   阿依努尔·艾山  990101106001
grid_songlin1   自有才    990101200201
grid_hongtu1    茶会芳    990101201201
grid_daping1    邬世贵    990101202201
grid_yunwu1     申玉芬    990101203201
"""


def _department_staff() -> Iterator[Person]:
    for line in _STAFF.split("\n")[1:-1]:
        code, username, staff, head = line.split()
        department = DEPARTMENT[code]
        is_body = department.kind == "body"
        posts = [Post("handler", COUNTY, code)]
        if is_body:
            posts.insert(0, Post("mediator", COUNTY, code))
        if staff != "-":
            title = f"{department.short}{'调解员' if is_body else '工作人员'}"
            yield _person(username, staff, title, *posts)
        if head != "-":
            title = f"{department.short}{'主任' if is_body else '负责人'}"
            extra = [Post("mediator", COUNTY, code)] if is_body else []
            yield _person(f"{username}_head", head, title, Post("head", COUNTY, code), *extra)


def _town_staff() -> Iterator[Person]:
    towns = {CENTER[town.code].department: town for town in TOWNS}
    for line in _TOWN_STAFF.split("\n")[1:-1]:
        code, username, clerk, handler, head = line.split()
        town = towns[code]
        if clerk != "-":
            yield _person(
                f"{username}_clerk",
                clerk,
                f"{town.name}综治中心登记员",
                Post("clerk", town.code, code, 1),
                Post("triage", town.code, code),
            )
        if handler != "-":
            title = f"{town.name}司法所调解员"
            yield _person(f"{username}_handler", handler, title, Post("handler", town.code, code))
        yield _person(
            f"{username}_head",
            head,
            f"{town.name}政法委员、综治中心主任",
            Post("head", town.code, code),
            Post("leader", town.code, code),
        )


def _village_staff() -> Iterator[Person]:
    """One person for every village centre but the cast's; drawn names, never one already taken."""
    taken = {person.name for person in (*CAST, *_MORE)} | set(_STAFF.split())
    taken |= set(_TOWN_STAFF.split()) | set(_GRID_WORKERS.split())
    draws = count(5_000)
    for village in VILLAGES:
        if village.code == HEXIE:
            continue
        index = next(i for i in draws if name_of(i, _sex(i)) not in taken)
        name = name_of(index, _sex(index))
        taken.add(name)
        title = f"{village.name}党总支书记"
        username = f"v{village.code[6:]}"
        yield _person(username, name, title, *_all_hats(village.code))


def _sex(index: int) -> Sex:
    return "female" if index % 3 == 0 else "male"


def _grid_workers() -> Iterator[Person]:
    for line in _GRID_WORKERS.split("\n")[1:-1]:
        username, name, village = line.split()
        post = Post("grid_worker", village, CENTER[village].department)
        yield _person(username, name, f"{REGION[village].name}专职网格员", post)


PEOPLE = (
    *CAST,
    *_MORE,
    *_department_staff(),
    *_town_staff(),
    *_grid_workers(),
    *_village_staff(),
)
PERSON = {person.username: person for person in PEOPLE}

_FAMILY, _LAND, _MONEY = ("01",), ("03", "07", "08"), ("04", "05", "06")
MEDIATORS = (
    Mediator(
        "mediator",
        "RMTJ",
        1,
        ("01", "02", "04", "06"),
        ("普通话", "本地话"),
        "退休法官，从事民事审判二十余年",
    ),
    Mediator(
        "tiaojie_head",
        "RMTJ",
        1,
        (*_MONEY, "99"),
        ("普通话", "本地话"),
        "原司法所所长，熟悉债务和合同纠纷",
    ),
    Mediator("yitiao", "YTW", 2, ("15",), ("普通话",), "退休护士长，懂病历和护理规范"),
    Mediator(
        "yitiao_head",
        "YTW",
        1,
        ("15",),
        ("普通话", "本地话"),
        "退休外科医生，医疗损害鉴定专家库成员",
    ),
    Mediator(
        "jiaotiao",
        "JTW",
        3,
        ("16", "06"),
        ("普通话", "本地话"),
        "原保险理赔员，熟悉交通事故赔偿项目",
    ),
    Mediator("jiaotiao_head", "JTW", 2, ("16",), ("普通话",), "退休交警，处理事故三十年"),
    Mediator("wutiao", "WTW", 3, ("17", "02"), ("普通话",), "老社区工作者，会和业主打交道"),
    Mediator(
        "wutiao_head",
        "WTW",
        2,
        ("17", "03"),
        ("普通话", "本地话"),
        "原房管所干部，熟悉物业管理规定",
    ),
    Mediator("laotiao", "LTW", 3, ("10", "11"), ("普通话",), "劳动关系协调员，会算工资工伤账"),
    Mediator("laotiao_head", "LTW", 2, ("10", "11"), ("普通话", "本地话"), "退休劳动仲裁员"),
    Mediator("shouzheng", "SSZ", 4, ("02", "07"), ("本地话", "民族语"), "石守正徒弟，熟悉山林地界"),
    Mediator(
        "shouzheng_head", "SSZ", 1, ("02", *_LAND), ("本地话", "民族语"), "退休村支书，调解三十余年"
    ),
    Mediator("jiahe", "JHTJ", 3, _FAMILY, ("普通话",), "心理咨询师，擅长婚姻和亲子沟通"),
    Mediator(
        "jiahe_head",
        "JHTJ",
        2,
        (*_FAMILY, "02"),
        ("普通话", "本地话"),
        "原妇联干部，擅长赡养和离婚纠纷",
    ),
)

# ------------------------------------------------------------------ grids

# Grids for one place rather than for households around it.
_DEDICATED = {
    "990101001003": "文化路商圈专属网格",
    "990101001005": "学府校园专属网格",
    "990101002007": "工业园区专属网格",
    "990101100001": "青石镇机关专属网格",
    "990101106002": "龙潭矿区专属网格",
}
_WITH_MICRO_GRIDS = (HEXIE, "990101001002")
_MICRO_GRIDS_EACH = 5


def _grids() -> Iterator[Grid]:
    for index, village in enumerate(VILLAGES):
        code, name = village.code, village.name
        wanted = 3 + index * 7 % 4
        dedicated = _DEDICATED.get(code)
        for n in range(1, wanted + (0 if dedicated and wanted > 3 else 1)):
            households = 300 + (index * 53 + n * 37) % 201
            yield Grid(f"{code}{n:03d}", f"{name}第{n}网格", "comprehensive", code, households)
        if dedicated:
            yield Grid(f"{code}101", dedicated, "dedicated", code, 300 + index * 11 % 60)


def _micro_grids() -> Iterator[Grid]:
    for village in _WITH_MICRO_GRIDS:
        parents = [g for g in _MAIN_GRIDS if g.village == village and g.kind == "comprehensive"]
        serial = count(201)
        for parent in parents:
            for n in range(1, _MICRO_GRIDS_EACH + 1):
                code = f"{village}{next(serial)}"
                name = f"{parent.name}第{n}微网格"
                yield Grid(code, name, "micro", village, 50 + n * 5, parent.code)


_MAIN_GRIDS = tuple(_grids())
GRIDS = (*_MAIN_GRIDS, *_micro_grids())


# In 和谐社区 two of them know each other's grid: who is away is stood in for.
_STAND_INS = (("grid_hexie1", 2), ("grid_hexie2", 1), ("grid_hexie2", 3))


def _grid_duties() -> Iterator[GridDuty]:
    next_grid: dict[str, int] = {}
    for person in PEOPLE:
        roles, village = {post.role for post in person.posts}, person.posts[0].center
        if person.username == "grid":
            yield GridDuty("grid", THIRD_GRID, "full_time")
        elif "grid_worker" in roles:
            next_grid[village] = next_grid.get(village, 0) + 1
            yield GridDuty(person.username, f"{village}{next_grid[village]:03d}", "full_time")
        elif REGION[village].level == "village":
            for grid in _MAIN_GRIDS:
                if grid.village == village:
                    yield GridDuty(person.username, grid.code, "head")
    for username, serial in _STAND_INS:
        yield GridDuty(username, f"{HEXIE}{serial:03d}", "part_time")


GRID_DUTIES = tuple(_grid_duties())
