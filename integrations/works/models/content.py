"""What a work says of itself, whoever's it is: a person's or an institution's."""

from typing import Any

from django.db import models
from django.utils import timezone

from integrations.works.markup import plain
from members import text


class WorkContent(models.Model):
    """The fields that `content.FIELDS` names, and what is made of them."""

    type = models.CharField(max_length=50)  # ORCID's work types: integrations/works/vocabulary.py
    title = models.TextField()
    subtitle = models.TextField(blank=True)
    translated_title = models.TextField(blank=True)
    translated_title_language = models.CharField(max_length=10, blank=True)
    journal_title = models.TextField(blank=True)
    short_description = models.TextField(blank=True)
    # As much of the date as is known: 2012, 2012-10 or 2012-10-01; empty when nothing is.
    published = models.CharField(max_length=10, blank=True)
    url = models.TextField("URL", blank=True)
    language_code = models.CharField(max_length=10, blank=True)
    country = models.CharField(max_length=2, blank=True)
    citation_type = models.CharField(max_length=30, blank=True)
    citation_value = models.TextField(blank=True)
    # [{"type", "value", "normalized", "url", "relationship"}]; normalized is "" where none can be made.
    identifiers: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, blank=True
    )
    # [{"name", "orcid", "role", "sequence"}], in order.
    contributors: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, blank=True
    )

    version = models.PositiveIntegerField(default=1)
    # Set by `save`; whoever writes in bulk calls `set_keys`.
    sort_key = models.CharField(max_length=180, editable=False)
    search_key = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "sort_key", "search_key"}
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Order and search: by title, journal, contributors and identifiers."""
        self.sort_key = title_key(self.title)
        titles = (self.title, self.subtitle, self.translated_title, self.journal_title)
        words = [plain(title) for title in titles]
        words += [contributor.get("name", "") for contributor in self.contributors]
        words += [found.get("normalized") or found.get("value", "") for found in self.identifiers]
        self.search_key = text.search_key(" ".join(words))


def title_key(title: str) -> str:
    """What works are ordered by."""
    return text.sort_key(plain(title[:300]))[:180]
