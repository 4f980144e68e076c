from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.works.files.reading import MAX_BYTES


class WorksFileForm(forms.Form):
    file = forms.FileField(
        label=_("File with works"),
        help_text=_("BibTeX, RIS, CSL-JSON, CSV or XLSX; at most 10 MB and 10,000 works."),
        error_messages={"required": _("Choose a file first."), "empty": _("The file is empty.")},
        widget=forms.FileInput(
            attrs={"accept": ".bib,.bibtex,.ris,.json,.csv,.tsv,.txt,.xlsx,text/plain"}
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file
