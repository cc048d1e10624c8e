"""What a role may be allowed to do. Roles are data; these names are what the code asks for."""

from __future__ import annotations

from django.db.models import TextChoices


class Permission(TextChoices):
    """A named right. A post gives it within the post's centre and department, nowhere else."""

    REGISTER = "case.register", "登记、再次来访、代来访人撤回"
    TRIAGE = "case.triage", "受理、分流、裁定、审核"
    HANDLE = "case.handle", "签收、办理、反馈"
    HEAD = "case.head", "指派、批延期"
    MEDIATE = "case.mediate", "主持调解、写协议"
    MEDIATION = "mediation.manage", "管调解组织、调解员、补贴"
    GRID_WORK = "grid.work", "网格上报、做任务、记巡查"
    GRIDS = "grid.manage", "管网格、网格员、清单、补贴"
    SUPERVISE = "case.supervise", "督办、解除督办"
    FOLLOW_UP = "case.follow_up", "回访"
    REOPEN = "case.reopen", "重新办理"
    DECIDE = "case.decide", "代批延期和暂停"
    ROSTER = "roster.manage", "排班、公示、标没来"
    VIEW_CENTER = "view.center", "看本中心和下级中心的事项"
    VIEW_UNIT = "view.unit", "看本单位主办、协办的事项"
    VIEW_OWN = "view.own", "看自己登记的事项"
    REVEAL = "person.reveal", "显示身份证号和电话"
    EXPORT = "case.export", "导出事项（脱敏）"
    EXPORT_FULL = "case.export_full", "导出未脱敏的、复核别人的导出"
    BOARD = "board.view", "看看板"
    SETTINGS = "settings.manage", "配置单位、日历、期限"
    ROLES = "roles.manage", "配置角色权限和账号"
    LOGS = "logs.view", "看日志"


class RoleCode(TextChoices):
    """The roles every centre starts with; the security administrator edits what they may do."""

    CLERK = "clerk", "窗口登记员"
    TRIAGE = "triage", "分流员"
    HANDLER = "handler", "部门工作人员"
    HEAD = "head", "部门负责人"
    MEDIATOR = "mediator", "调解员"
    GRID_WORKER = "grid_worker", "网格员"
    LEADER = "leader", "中心领导"
    CHANNEL = "channel", "接入系统"
    SYSTEM_ADMIN = "sysadmin", "系统管理员"
    SECURITY_ADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计员"


_P = Permission
DEFAULT_ROLES: dict[RoleCode, tuple[Permission, ...]] = {
    RoleCode.CLERK: (_P.REGISTER, _P.FOLLOW_UP, _P.VIEW_CENTER, _P.REVEAL),
    RoleCode.TRIAGE: (
        _P.REGISTER,
        _P.TRIAGE,
        _P.MEDIATION,
        _P.GRIDS,
        _P.SUPERVISE,
        _P.ROSTER,
        _P.FOLLOW_UP,
        _P.VIEW_CENTER,
        _P.REOPEN,
        _P.REVEAL,
        _P.EXPORT,
        _P.EXPORT_FULL,
        _P.BOARD,
    ),
    RoleCode.HANDLER: (_P.HANDLE, _P.VIEW_UNIT, _P.REVEAL),
    RoleCode.HEAD: (_P.HANDLE, _P.HEAD, _P.VIEW_UNIT, _P.REVEAL, _P.EXPORT),
    RoleCode.MEDIATOR: (_P.HANDLE, _P.MEDIATE, _P.VIEW_UNIT, _P.REVEAL),
    RoleCode.GRID_WORKER: (_P.REGISTER, _P.VIEW_OWN, _P.GRID_WORK),
    RoleCode.LEADER: (
        _P.SUPERVISE,
        _P.REOPEN,
        _P.DECIDE,
        _P.VIEW_CENTER,
        _P.EXPORT,
        _P.EXPORT_FULL,
        _P.BOARD,
    ),
    RoleCode.CHANNEL: (_P.REGISTER, _P.VIEW_OWN),
    RoleCode.SYSTEM_ADMIN: (_P.SETTINGS, _P.ROSTER, _P.MEDIATION, _P.GRIDS),
    RoleCode.SECURITY_ADMIN: (_P.ROLES,),
    RoleCode.AUDITOR: (_P.LOGS,),
}
