"""The operator's pages about members."""

from members.admin import consortia, history, members

__all__ = ["consortia", "history", "members"]
