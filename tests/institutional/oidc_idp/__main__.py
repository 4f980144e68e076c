"""Make the tables, serve, and say where."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["OIDC_IDP_FOLDER"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.institutional.oidc_idp.settings"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


def main() -> None:
    import django  # noqa: PLC0415  # the settings' variables come first
    from django.core.management import call_command  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    with make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


main()
