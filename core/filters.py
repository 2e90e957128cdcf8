"""What a list is narrowed to: filters that stand in the address. What makes no sense filters nothing."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django_filters import CharFilter, FilterSet

from core.forms import PlainLine

NAME = 60  # letters of a name that is searched for


class NameFilter(CharFilter):  # type: ignore[misc]
    """Part of a name, where there are too many to choose from a list."""

    field_class = PlainLine

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name, lookup_expr="icontains", max_length=NAME, **kwargs)


class ListFilter(FilterSet):  # type: ignore[misc]
    """The filters of a list; each is called as it stands in the address."""

    @cached_property
    def form(self) -> Any:
        form = super().form
        for field in form.fields.values():
            is_list = isinstance(field.widget, forms.Select)
            field.widget.attrs |= {"class": "form-select"} if is_list else {"class": "form-control", "size": 12}
        return form

    @property
    def chosen(self) -> dict[str, str]:
        """Return the filters that have an effect, as they stand in the address."""
        self.errors  # noqa: B018  # cleans the form
        return {name: self.data[name] for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @property
    def words(self) -> list[tuple[Any, str]]:
        """Return the filters that have an effect, in words."""
        return [(self.form.fields[name].label, self._said(name)) for name in self.chosen]

    def _said(self, name: str) -> str:
        value, field = self.form.cleaned_data[name], self.form.fields[name]
        if value == getattr(field, "null_value", None):
            return str(field.null_label)
        is_offered = isinstance(value, str) and hasattr(field, "choices")
        return str(dict(field.choices)[value] if is_offered else value)
