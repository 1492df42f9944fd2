"""How forms become HTML: one template for every field of the site."""

from django.forms.renderers import TemplatesSetting


class LibraryFormRenderer(TemplatesSetting):
    """Looks for widget templates among our own templates first."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
