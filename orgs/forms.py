"""What people type about themselves and, as administrators, about others."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.datastructures import MultiValueDict

from orgs.models import AccessLog, Center, Department, Role, User, Window
from orgs.permissions import Permission
from orgs.questions import Question
from zongzhi.lib import clock

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
DATE_ERRORS = {"invalid": "日期写成 2026-11-30 这样"}


class _Blank(forms.TextInput):
    """Never drawn with what was typed before: each sum is another."""

    def format_value(self, value: Any) -> str | None:
        return None


def _password_field() -> forms.CharField:
    return forms.CharField(
        label="密码",
        strip=False,
        max_length=200,
        error_messages={"required": "还没填密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _code_field() -> forms.CharField:
    return forms.CharField(
        label="动态口令",
        max_length=20,
        help_text="手机验证器上现在的 6 位数",
        error_messages={"required": "还没填动态口令"},
        widget=_Blank(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class _Refusable(forms.Form):
    """A form whose last word is the server's: the password fits, or it does not."""

    def refuse(self, sentence: str) -> None:
        """Say this and nothing else above the fields; the name stays, the password does not.

        Cleaning a second time would try the password a second time, and count it.
        """
        self.errors.clear()
        self.add_error(None, sentence)


class SignInForm(_Refusable):
    """A name and a password; after three failures also the answer to a sum."""

    username = forms.CharField(
        label="账号",
        max_length=50,
        error_messages={"required": "还没填账号"},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = _password_field()

    def ask(self, question: Question | None) -> None:
        """Ask for the sum as well, or not any more."""
        self.fields.pop("answer", None)
        if question is not None:
            self.fields["answer"] = _AnswerField(question)


class _AnswerField(forms.CharField):
    """The answer to a sum, typed: words and digits, never a picture."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(
            label=f"{question}？",
            max_length=10,
            error_messages={"required": f"还没回答“{question}”"},
            widget=_Blank(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not self.question.is_answered_by(text):
            raise forms.ValidationError(f"“{self.question}”答得不对，再算一次")
        return text


class SignInAgainForm(SignInForm):
    """The panel over the page: whose it is, is known; only the proof is asked for."""

    def __init__(self, *, with_code: bool, data: Any = None) -> None:
        super().__init__(data)
        del self.fields["username"]
        self.fields["password"].widget.attrs["autofocus"] = True
        if with_code:
            self.fields["code"] = _code_field()


class CodeForm(_Refusable):
    """The six digits of now."""

    code = _code_field()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["code"].widget.attrs["autofocus"] = True


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old_password = forms.CharField(
        label="现在的密码",
        strip=False,
        error_messages={"required": "还没填现在的密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new_password = forms.CharField(
        label="新密码",
        strip=False,
        error_messages={"required": "还没填新密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 8 位，大写字母、小写字母、数字、符号都要有；90 天内有效",
    )
    again = forms.CharField(
        label="再输一遍",
        strip=False,
        error_messages={"required": "新密码要再输一遍"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        self.user = user
        super().__init__(data)

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        if not self.user.check_password(old):
            raise forms.ValidationError("现在的密码不对")
        return old

    def clean_new_password(self) -> str:
        new = str(self.cleaned_data["new_password"])
        if self.user.check_password(new):
            raise forms.ValidationError("新密码和现在的一样，换一个")
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        new, again = data.get("new_password"), data.get("again")
        if new and again and new != again:
            self.add_error("again", "两遍输的不一样")
        return data


class FontForm(forms.Form):
    font = forms.ChoiceField(choices=User.FontSize.choices)


class RolesForm(forms.Form):
    """Which role may do what: one box for every role and permission."""

    def __init__(self, roles: list[Role], data: Any = None) -> None:
        self.roles = roles
        super().__init__(data)

    def name_of(self, role: Role) -> str:
        return f"role-{role.pk}"

    def given(self, role: Role) -> list[str]:
        """The permissions ticked for a role, in the order they are listed; unknown ones dropped."""
        if self.is_bound and isinstance(self.data, MultiValueDict):
            ticked = set(self.data.getlist(self.name_of(role)))
        else:
            ticked = set(role.permissions)
        return [p.value for p in Permission if p.value in ticked]

    def wanted(self) -> dict[int, list[str]]:
        return {role.pk: self.given(role) for role in self.roles}


class PersonForm(forms.Form):
    """A new account, and what its owner is first."""

    username = forms.RegexField(
        r"^[A-Za-z0-9_.-]+$",
        label="账号",
        max_length=50,
        error_messages={"required": "还没填账号", "invalid": "账号只用字母、数字、点和横线"},
    )
    name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "还没填姓名"})
    phone = forms.CharField(label="电话", max_length=20, required=False)
    email = forms.EmailField(
        label="邮箱",
        max_length=100,
        required=False,
        error_messages={"invalid": "邮箱写成 name@example.cn 这样"},
        widget=forms.TextInput(attrs={"inputmode": "email"}),
    )

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(f"账号 {username} 已经有人用，换一个")
        return username


class PostForm(forms.Form):
    """What somebody is, where, from when to when. Choices are limited to one's own area."""

    role = forms.ModelChoiceField(
        Role.objects.all(),
        label="角色",
        empty_label="选择角色",
        error_messages={"required": "还没选角色"},
    )
    center = forms.ModelChoiceField(
        Center.objects.none(),
        label="中心",
        empty_label="选择中心",
        error_messages={"required": "还没选中心", "invalid_choice": "这个中心不在管理范围里"},
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label="单位",
        required=False,
        empty_label="没有单位",
        error_messages={"invalid_choice": "这个单位不在管理范围里"},
    )
    window = forms.ModelChoiceField(
        Window.objects.none(), label="窗口", required=False, empty_label="不在窗口"
    )
    since = forms.DateField(label="从", widget=DATE, error_messages=DATE_ERRORS)
    until = forms.DateField(
        label="到（含当天）", widget=DATE, required=False, error_messages=DATE_ERRORS
    )

    def __init__(self, centers: Any, data: Any = None) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["center"].queryset = centers
        fields["department"].queryset = Department.objects.filter(
            is_active=True, center__in=centers
        ).order_by("kind", "pk")
        fields["window"].queryset = Window.objects.filter(center__in=centers).select_related(
            "center"
        )
        fields["window"].label_from_instance = lambda window: f"{window.center.name} {window}"
        fields["since"].initial = clock.today()
        for field in fields.values():
            if "还没" not in field.error_messages["required"]:
                field.error_messages["required"] = f"还没填“{field.label}”"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", "结束的日子不能早于开始")
        window, center = data.get("window"), data.get("center")
        if window and center and window.center_id != center.pk:
            self.add_error("window", f"{window}不在{center.name}")
        return data


class LogFilter(forms.Form):
    """Narrows the access log; what does not fit is left out of account."""

    action = forms.ChoiceField(
        label="做了什么", required=False, choices=[("", "全部"), *AccessLog.Action.choices]
    )
    q = forms.CharField(label="账号", required=False, max_length=50)
    since = forms.DateField(label="从", widget=DATE, required=False)
    until = forms.DateField(label="到", widget=DATE, required=False)
