"""The API's router and what all its endpoints share."""

from rest_framework.pagination import CursorPagination
from rest_framework.routers import SimpleRouter


class IdCursorPagination(CursorPagination):
    """Pages ordered by id alone, so that the last is as fast as the first."""

    ordering = "pk"


router = SimpleRouter(use_regex_path=False)
