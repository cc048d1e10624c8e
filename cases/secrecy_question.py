"""「涉密吗」: asked beside a text that carries a mark of secrecy, before anything is registered."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from zongzhi.lib.secrecy import secrecy_mark

OPEN, SECRET = "open", "secret"


class SecrecyQuestion(forms.Form):
    """A form whose `about` field may carry such a mark; both answers keep what was typed."""

    about: ClassVar[str]

    secrecy = forms.ChoiceField(
        label="涉密吗",
        required=False,
        choices=[(OPEN, "已核对，不涉密"), (SECRET, "涉密")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "选“已核对，不涉密”还是“涉密”"},
    )

    def ask_secrecy(self) -> None:
        """Hold the form back until somebody has said that the text is none."""
        mark = secrecy_mark(str(self.cleaned_data.get(self.about, "")))
        answer = self.cleaned_data.get("secrecy")
        if not mark or answer == OPEN:
            return
        where = self.fields[self.about].label
        said = f"“{where}”里有“{mark}”字样。涉密的不能录入本系统。先选涉密不涉密"
        if answer == SECRET:
            said = f"涉密的不能录入本系统，没有登记。把涉密内容从“{where}”里删掉再提交"
        self.add_error("secrecy", said)

    @property
    def said_not_secret(self) -> bool:
        """The text carries a mark, and somebody answers for its being none."""
        marked = secrecy_mark(str(self.cleaned_data.get(self.about, "")))
        return bool(marked) and self.cleaned_data.get("secrecy") == OPEN

    @property
    def is_secret(self) -> bool:
        """The answer was 涉密: nothing of it may stay here, not even a draft."""
        return self.is_bound and self["secrecy"].value() == SECRET
