"""Pages of the API's lists."""

import binascii

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

MOST_ON_A_PAGE = 1000


class IdCursorPagination(CursorPagination):
    """Pages ordered by id alone, so that the last is as fast as the first."""

    ordering = "pk"
    page_size_query_param = "page_size"
    page_size_query_description = "How many on a page; 1,000 at most."
    max_page_size = MOST_ON_A_PAGE

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuses what is not one of ours: the library hands anything on to the database."""
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position is not None:
                int(cursor.position)
        except (ValueError, binascii.Error) as error:
            raise NotFound(self.invalid_cursor_message) from error
        return cursor
