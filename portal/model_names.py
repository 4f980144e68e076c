"""The names of models and their fields, as operators read them in the admin, marked for translation.

Django makes them from the names in the code. Instead of a second name at each of some hundred fields
they are marked here, all at once; `manage.py makemessages` writes them into the catalogues.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django_countries import countries
from django_countries.fields import CountryField

APPS = ("members", "contacts", "orcid", "push", "works")
# Properties that the admin shows beside the fields.
PROPERTIES = ("display_name", "shown_name", "problem", "advice", "answer")
# What stood in the code: the words to translate.
marked_names: set[str] = set()


def translate_model_names() -> None:
    """Once, when all models are there. Migrations keep the names from the code."""
    for holder, attribute, name in list(_names()):
        marked_names.add(name)
        setattr(holder, attribute, gettext_lazy(name))
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, CountryField):
                # Else Django keeps the names in the language in which the models were loaded.
                field.choices = lambda: list(countries)  # type: ignore[assignment]  # the stubs know no callables


def _names() -> Iterator[tuple[Any, str, str]]:
    """Whatever bears a name that nobody has marked: apps, models, fields."""
    for label in APPS:
        config = apps.get_app_config(label)
        yield from _name(config, "verbose_name")
        for model in config.get_models(include_auto_created=True):
            yield from _of_model(model)
            yield from _of_properties(model)
            for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
                yield from _name(field, "verbose_name")


def _of_model(model: type[Model]) -> Iterator[tuple[Any, str, str]]:
    meta = model._meta
    if (
        not isinstance(meta.verbose_name, Promise)
        and "verbose_name_plural" not in meta.original_attrs
    ):
        # Django's own, the one name and an “s”, is put together anew each time it is read.
        yield meta, "verbose_name_plural", f"{meta.verbose_name}s"
    else:
        yield from _name(meta, "verbose_name_plural")
    yield from _name(meta, "verbose_name")


def _of_properties(model: type[Model]) -> Iterator[tuple[Any, str, str]]:
    for name in PROPERTIES:
        if isinstance(found := vars(model).get(name), property):
            yield found.fget, "short_description", name.replace("_", " ").capitalize()


def _name(holder: Any, attribute: str) -> Iterator[tuple[Any, str, str]]:
    name = getattr(holder, attribute)
    if isinstance(name, str):
        yield holder, attribute, name
