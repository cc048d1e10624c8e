from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Draws every field by the one component that knows labels, hints and errors."""

    field_template_name = "components/field.html"
