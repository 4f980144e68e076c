"""What the forms have in common by which a list is narrowed."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


class NarrowingForm(forms.Form):
    """Lives in the address. What makes no sense there is as good as nothing, and says so beside its field."""

    def __init__(self, data: "MultiValueDict[str, Any]") -> None:
        # Bound even when nothing is asked for: every field has an answer then.
        super().__init__(data or MultiValueDict())

    def given(self, name: str) -> Any:
        """What was chosen; empty when nothing, or nothing that makes sense, was."""
        return self.cleaned_data.get(name) or ""

    def chosen(self) -> dict[str, Any]:
        """What narrows the list, by the names in the address; nothing of its order."""
        names = (name for name in self.fields if name != "sort")
        return {name: self.given(name) for name in names if self.given(name)}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen())

    @property
    def is_refined(self) -> bool:
        """Whether more than the words of the search narrows the list."""
        return bool(self.chosen().keys() - {"search"})
