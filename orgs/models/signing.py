from __future__ import annotations

from django.conf import settings
from django.db import models

from zongzhi.lib.fields import EncryptedTextField


class SignIn(models.Model):
    """One place a person is signed in: a browser with a session of its own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField("登录时间")
    address = models.GenericIPAddressField("来自", null=True)
    browser = models.CharField("浏览器", max_length=40, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "登录的地方"

    def __str__(self) -> str:
        return f"sign-in {self.pk}"


class SecondFactor(models.Model):
    """The secret a person's telephone makes its six digits from (RFC 6238).

    `last_step` is the half minute of the last code taken: each code opens once.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret = EncryptedTextField("密钥", purpose="second_factor.secret")
    confirmed_at = models.DateTimeField("绑定时间", null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "动态口令"

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class KeptForm(models.Model):
    """What somebody sent after their session had ended: theirs to send again, nobody else's."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="kept_form"
    )
    path = models.CharField(max_length=500)
    fields = EncryptedTextField("内容", purpose="kept_form.fields")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "留着的内容"

    def __str__(self) -> str:
        return f"kept form of {self.user_id}"
