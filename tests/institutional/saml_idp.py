"""A SAML identity provider to sign in through: pysaml2's server, with a page to sign in on.

`python -m tests.institutional.saml_idp FOLDER` serves it on a free port of this computer. pysaml2 signs
by calling the program xmlsec1; here the same library does it inside Python, so that no program is needed.
"""

import datetime
import html
import json
import sys
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

warnings.simplefilter("ignore")  # of pysaml2, about old ciphers

from saml2 import BINDING_HTTP_REDIRECT, saml  # noqa: E402
from saml2 import xmldsig as ds  # noqa: E402
from saml2.config import IdPConfig  # noqa: E402
from saml2.metadata import entity_descriptor  # noqa: E402
from saml2.samlp import STATUS_REQUEST_DENIED  # noqa: E402
from saml2.server import Server  # noqa: E402
from saml2.sigver import CryptoBackend  # noqa: E402

# pysaml2 wants to see a program there.
NEVER_RUN = sys.executable
PEOPLE: dict[str, dict[str, Any]] = {}
# How it answers: which parts are signed, whether the assertion is encrypted, for whom it is, …
USUAL: dict[str, Any] = {
    "sign_assertion": True,
    "sign_response": False,
    "encrypt": False,
    "sha1": False,
    "audience": None,
    "no_audience": False,
    "names_no_request": False,
    "name_id_format": saml.NAMEID_FORMAT_PERSISTENT,
    "deny": False,
    "signed_in_ago": 0,
}
MODE = dict(USUAL)


class InPython(CryptoBackend):
    """What xmlsec1 does for pysaml2, by the library's own bindings."""

    version = "1.3.0"

    def sign_statement(self, statement: Any, node_name: str, key_file: str, node_id: str) -> str:
        root = etree.fromstring(
            statement if isinstance(statement, bytes) else str(statement).encode()
        )
        xmlsec.tree.add_ids(root, ["ID"])
        node = next(node for node in root.iter() if node.get("ID") == node_id)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(key_file, xmlsec.KeyFormat.PEM)
        context.sign(node.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        return str(etree.tostring(root, encoding="unicode"))

    def encrypt_assertion(
        self, statement: Any, enc_key: str, template: Any, key_type: str, node_xpath: Any
    ) -> str:
        root = etree.fromstring(str(statement).encode())
        assertion = root.find(f".//{{{saml.NAMESPACE}}}EncryptedAssertion")[0]
        data = xmlsec.template.encrypted_data_create(
            root, xmlsec.Transform.AES128, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
        wrapped = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
        xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
        keys = xmlsec.KeysManager()
        keys.add_key(xmlsec.Key.from_file(enc_key, xmlsec.KeyFormat.CERT_PEM))
        context = xmlsec.EncryptionContext(keys)
        context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 128, xmlsec.KeyDataType.SESSION)
        context.encrypt_xml(data, assertion)
        return str(etree.tostring(root, encoding="unicode"))


class IdentityProvider:
    def __init__(self, base: str, folder: Path) -> None:
        self.entity_id = f"{base}/metadata"
        key, certificate = make_key(folder)
        config = IdPConfig().load(
            {
                "entityid": self.entity_id,
                "xmlsec_binary": NEVER_RUN,
                "key_file": str(key),
                "cert_file": str(certificate),
                "service": {
                    "idp": {
                        "endpoints": {
                            "single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)]
                        },
                        "want_authn_requests_signed": True,
                        "policy": {
                            "default": {
                                "lifetime": {"minutes": 5},
                                "name_form": saml.NAME_FORMAT_URI,
                            }
                        },
                    }
                },
            }
        )
        self.server = Server(config=config)
        self.server.sec.crypto = InPython()
        config.xmlsec_binary = None
        self.metadata = str(entity_descriptor(config))
        config.xmlsec_binary = NEVER_RUN
        self._may_leave_the_audience_out()
        self._may_leave_the_request_out()

    def _may_leave_the_audience_out(self) -> None:
        policy = self.server.config.getattr("policy", "idp")
        usual = policy.conditions

        def conditions(sp_entity_id: str) -> Any:
            made = usual(sp_entity_id)
            if MODE["no_audience"]:
                made.audience_restriction = []
            return made

        policy.conditions = conditions

    def _may_leave_the_request_out(self) -> None:
        usual = self.server.update_farg

        def update_farg(*args: Any, **more: Any) -> Any:
            made = usual(*args, **more)
            if MODE["names_no_request"]:
                confirmation = made["assertion"]["subject"]["subject_confirmation"]
                del confirmation["subject_confirmation_data"]["in_response_to"]
            return made

        self.server.update_farg = update_farg

    def know(self, portal: str) -> None:
        """Take up the portal's metadata."""
        known = self.server.config.load_metadata({"inline": [portal]})
        self.server.metadata = self.server.sec.metadata = known

    def answer(self, username: str, request_id: str, acs: str, portal: str) -> str:
        if MODE["deny"]:
            no = (STATUS_REQUEST_DENIED, "not for you")
            return str(self.server.create_error_response(request_id, acs, no))
        person = dict(PEOPLE[username])
        name_id = saml.NameID(
            format=MODE["name_id_format"], text=person.pop("name_id", f"name-id-{username}")
        )
        return str(
            self.server.create_authn_response(
                person,
                request_id,
                acs,
                MODE["audience"] or portal,
                name_id=name_id,
                authn={
                    "class_ref": saml.AUTHN_PASSWORD,
                    "authn_auth": self.entity_id,
                    "authn_instant": int(time.time()) - MODE["signed_in_ago"],
                },
                sign_assertion=MODE["sign_assertion"],
                sign_response=MODE["sign_response"],
                encrypt_assertion=MODE["encrypt"],
                # With prefixes of its own inside, lxml renames them when python3-saml moves the
                # assertion, and the signature breaks. Shibboleth, say, has the same ones throughout.
                encrypt_assertion_self_contained=False,
                sign_alg=ds.SIG_RSA_SHA1 if MODE["sha1"] else ds.SIG_RSA_SHA256,
                digest_alg=ds.DIGEST_SHA1 if MODE["sha1"] else ds.DIGEST_SHA256,
            )
        )


class Pages(BaseHTTPRequestHandler):
    idp: IdentityProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/metadata":
            self.say(self.idp.metadata, "application/samlmetadata+xml")
        elif parts.path == "/sso":
            self.say(
                f'<form method="post" action="/sso?{html.escape(parts.query)}">'
                '<input name="username" aria-label="Username"><input name="password" type="password" '
                'aria-label="Password"><button>Sign in</button></form>'
            )
        elif parts.path == "/unsolicited":
            self.post_on(
                asked["acs"], self.idp.answer(asked["username"], "", asked["acs"], asked["portal"])
            )

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if parts.path == "/control":
            order = json.loads(body)
            PEOPLE.update(order.get("people", {}))
            MODE.update(USUAL | order["mode"] if "mode" in order else {})
            if "portal" in order:
                self.idp.know(order["portal"])
            self.say("")
            return
        typed = {name: values[0] for name, values in parse_qs(body).items()}
        if typed.get("password") != typed.get("username"):
            self.say("Wrong password", status=403)
            return
        asked = {
            name: values[0]
            for name, values in parse_qs(parts.query, keep_blank_values=True).items()
        }
        request = self.idp.server.parse_authn_request(
            asked["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=asked.get("RelayState"),
            sigalg=asked.get("SigAlg"),
            signature=asked.get("Signature"),
        ).message
        acs = request.assertion_consumer_service_url
        answer = self.idp.answer(typed["username"], request.id, acs, request.issuer.text)
        self.post_on(acs, answer, asked.get("RelayState", ""))

    def post_on(self, acs: str, answer: str, relay_state: str = "") -> None:
        """The page that has the browser post to the portal."""
        from base64 import b64encode  # noqa: PLC0415

        encoded = b64encode(answer.encode()).decode()
        self.say(
            f'<form method="post" action="{html.escape(acs)}">'
            f'<input name="SAMLResponse" value="{encoded}">'
            f'<input name="RelayState" value="{html.escape(relay_state)}"><button>Go on</button></form>'
        )

    def say(self, text: str, kind: str = "text/html", status: int = 200) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


def make_key(folder: Path) -> tuple[Path, Path]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    paths = folder / "idp.key", folder / "idp.crt"
    paths[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    paths[1].write_bytes(certificate.public_bytes(pem))
    return paths


def main() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        Pages.idp = IdentityProvider(base, Path(sys.argv[1]))
        sys.stdout.write(f"{base}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
