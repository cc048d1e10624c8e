"""What a citizen fills in: four digits, or three taps."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.vocabulary import DISSATISFIED, Grievance, Satisfaction, Settled


class LastFourForm(forms.Form):
    last4 = forms.CharField(
        label="登记时留的手机号后 4 位",
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "last4", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={"required": "还没填后 4 位"},
    )


class RatingForm(forms.Form):
    settled = forms.ChoiceField(
        label="事情解决得怎么样",
        choices=Settled.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“事情解决得怎么样”"},
    )
    satisfaction = forms.ChoiceField(
        label="对工作人员",
        choices=Satisfaction.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“对工作人员”"},
    )
    reasons = forms.MultipleChoiceField(
        label="哪里不满意（可不选）",
        choices=Grievance.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "“哪里不满意”里没有这一项",
            "invalid_list": "“哪里不满意”要是几项",
        },
    )
    text = forms.CharField(
        label="想说的话（可不填）",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "最多 500 个字"},
    )
    wants_redo = forms.BooleanField(label="不满意，希望重新办理", required=False)

    def arguments(self) -> dict[str, Any]:
        """The keywords for the service; only who is not satisfied says why, or asks for more."""
        data = self.cleaned_data
        bad = data["satisfaction"] in DISSATISFIED
        unhappy = bad or data["settled"] != Settled.RESOLVED
        return {
            "settled": Settled(data["settled"]),
            "satisfaction": Satisfaction(data["satisfaction"]),
            "reasons": [Grievance(reason) for reason in data["reasons"] if bad],
            "text": data["text"].strip(),
            "wants_redo": data["wants_redo"] and unhappy,
        }
