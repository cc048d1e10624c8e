from __future__ import annotations

from django.conf import settings
from django.db import models

from orgs.models.people import User


class AccessLog(models.Model):
    """Who signed in, looked behind a mask, exported, or changed rights. Added to, never changed.

    Kept at least one year (互联网政务应用安全管理规定, art. 20).
    """

    class Action(models.TextChoices):
        SIGN_IN = "sign_in", "登录"
        SIGN_IN_FAILED = "sign_in_failed", "登录失败"
        SIGN_OUT = "sign_out", "退出"
        PASSWORD = "password", "改密码"
        FACTOR = "factor", "绑定动态口令"
        REVEAL = "reveal", "显示敏感信息"
        EXPORT = "export", "导出"
        IMPORT = "import", "导入"
        PRINT = "print", "生成或打印文书"
        TRANSCRIBE = "transcribe", "转录上级平台"
        ROLE = "role", "改角色权限"
        ACCOUNT = "account", "改账号和岗位"
        REFERENCE = "reference", "改单位和字典"
        CALENDAR = "calendar", "改工作日历"
        RULE = "rule", "改办理期限"
        CHANNEL = "channel", "改消息通道、再发"
        TOKEN = "token", "取得接口令牌"
        BULLETIN = "bulletin", "办月度通报"

    at = models.DateTimeField("时间")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="access_logs"
    )
    action = models.CharField("做了什么", max_length=20, choices=Action)
    address = models.GenericIPAddressField("来自", null=True)
    subject = models.CharField("对象", max_length=100, blank=True)
    purpose = models.CharField("事由", max_length=200, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "访问日志"

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class ApiToken(models.Model):
    """A key to the API, stored as its hash.

    A person's key dies after 30 idle minutes; a channel client's is bound to its address instead.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    bound_address = models.GenericIPAddressField("只能从这个地址用", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return f"token {self.pk}"


class IdempotencyKey(models.Model):
    """The first answer to a POST that carried this key, to be repeated word for word."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"idempotency key {self.pk}"
