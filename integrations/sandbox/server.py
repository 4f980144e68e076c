"""The HTTP server: Django's threaded WSGI server on a socket bound before Django is set up."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application


class SandboxHTTPServer(ThreadedWSGIServer):
    # Tests fire many requests at once; the default queue of 10 drops some.
    request_queue_size = 128


class RequestHandler(WSGIRequestHandler):
    # Headers and body go out in two writes; Nagle would hold the second back for 40 ms.
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        # So that a fault can close the connection.
        return {**super().get_environ(), "sandbox.handler": self}


@contextlib.contextmanager
def bound(host: str, port: int) -> Iterator[ThreadedWSGIServer]:
    """A server that holds its port and answers nothing yet; OSError in plain words if it cannot."""
    try:
        httpd = SandboxHTTPServer((host, port), RequestHandler, ipv6=":" in host)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port} ({error.strerror}).") from error
    with contextlib.closing(httpd.socket):
        yield httpd


def run(httpd: ThreadedWSGIServer, *, base_url: str, smtp_port: int | None) -> None:
    """Serve until interrupted. The one line on standard output says that it is ready."""
    # Models need a Django that is set up.
    from integrations.sandbox import webhooks  # noqa: PLC0415
    from integrations.sandbox.mailbox import smtp  # noqa: PLC0415

    httpd.set_app(get_wsgi_application())
    with contextlib.ExitStack() as stack:
        stack.enter_context(webhooks.running())
        line = f"Local ORCID sandbox: {base_url}"
        if smtp_port is not None:
            mail_port = stack.enter_context(smtp.running(smtp_port))
            line += f" (mailbox: SMTP on 127.0.0.1:{mail_port})"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        httpd.serve_forever(poll_interval=0.1)
