"""How a form is shown: one template for every field, errors beside it and on top."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from members.models import Member


class Sample(forms.Form):
    name = forms.CharField(help_text="As in the agreement.")
    website = forms.URLField(required=False, assume_scheme="https")
    community = forms.ChoiceField(choices=Member.Community.choices)
    answer = forms.ChoiceField(choices=Member.Trademark.choices, widget=forms.RadioSelect)
    sure = forms.BooleanField(label="I am sure")
    logo = forms.ImageField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=7)


def shown(form: forms.Form) -> str:
    return render_to_string("forms/_form.html", {"form": form}, RequestFactory().get("/"))


def test_help_belongs_to_its_field():
    html = shown(Sample())

    assert '<div class="helptext" id="id_name_helptext">As in the agreement.</div>' in html
    assert 'aria-describedby="id_name_helptext"' in html


def test_optional_fields_say_so_and_required_ones_do_not():
    html = shown(Sample())

    assert (
        '<label for="id_website">Website <span class="optional">(optional)</span></label>' in html
    )
    assert '<label for="id_name">Name</label>' in html


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("name", "form-control"),
        ("community", "form-select"),
        ("sure", "form-check-input"),
        ("logo", "form-control"),
    ],
)
def test_widgets_carry_bootstraps_classes(name: str, css: str):
    assert f'class="{css}"' in str(Sample()[name])


def test_own_classes_of_a_widget_stay():
    class Own(forms.Form):
        name = forms.CharField(widget=forms.TextInput(attrs={"class": "mono"}))

    assert 'class="mono form-control"' in str(Own()["name"])


def test_choices_are_grouped_under_their_question():
    html = shown(Sample())

    assert '<fieldset class="field" id="field-answer">' in html
    assert "<legend>Answer</legend>" in html


def test_errors_stand_beside_the_field_and_on_top():
    html = shown(Sample({"version": "7"}))

    assert '<ul class="errorlist" id="id_name_error"><li>This field is required.</li></ul>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<div class="error-summary" role="alert" tabindex="-1" data-focus>' in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#field-answer">Answer: This field is required.</a>' in html


def test_hidden_fields_and_files_are_sent():
    html = shown(Sample())

    assert '<input type="hidden" name="version" value="7" id="id_version">' in html
    assert 'enctype="multipart/form-data"' in html
