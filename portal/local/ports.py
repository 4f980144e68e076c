"""Are the ports free? Asked before anything starts."""

import itertools
import socket
from collections.abc import Iterable

from portal.local.places import HOST, Complaint, Places

USED_FOR = {
    "PORTAL_PORT": "the portal",
    "SANDBOX_PORT": "the local ORCID",
    "SMTP_PORT": "the mailbox",
}


def check_free(places: Places) -> None:
    """Raise `Complaint` that names each taken port, and the variables that choose others."""
    taken = {name: port for name, port in places.ports.items() if not is_free(port)}
    if not taken:
        return
    lines = [
        f"Port {port}, meant for {USED_FOR[name]}, is taken by another program."
        for name, port in taken.items()
    ]
    others = _free_ports(start=max(places.ports.values()) + 1, besides=places.ports.values())
    choice = " ".join(f"{name}={next(others)}" for name in taken)
    raise Complaint("\n".join([*lines, f"Choose another: {choice} make run"]))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A server that has just stopped leaves its port waiting, which hinders nobody.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_ports(start: int, besides: Iterable[int]) -> "itertools.filterfalse[int]":
    used = set(besides)
    above = itertools.chain(range(start, 65536), range(1024, start))
    return itertools.filterfalse(lambda port: port in used or not is_free(port), above)
