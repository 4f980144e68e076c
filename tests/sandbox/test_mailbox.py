import smtplib
from email.message import EmailMessage

import pytest

from tests.sandbox_server import SandboxServer

LINK = "http://127.0.0.1:8000/invitations/abc?x=1&y=2"


def send(port: int, *, to: str = "ada@uni.example", subject: str = "Hello", html: str = "") -> None:
    message = EmailMessage()
    message["From"] = "Member Tools <noreply@members.example>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(f"Dear <b>Ada</b>, open {LINK}.\n")
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(message)


def test_mail_is_kept_with_its_parts(sandbox: SandboxServer) -> None:
    send(sandbox.smtp_port, subject="Grüße", html="<p>Dear Ada</p>")

    (mail,) = sandbox.messages()

    assert mail.sender == "Member Tools <noreply@members.example>"
    assert mail.to == ["ada@uni.example"]
    assert mail.subject == "Grüße"
    assert mail.text == f"Dear <b>Ada</b>, open {LINK}.\n"
    assert mail.html.strip() == "<p>Dear Ada</p>"
    assert mail.links == [LINK]
    assert ["To", "ada@uni.example"] in mail.headers


def test_newest_mail_comes_first(sandbox: SandboxServer) -> None:
    for subject in ("one", "two"):
        send(sandbox.smtp_port, subject=subject)

    assert [mail.subject for mail in sandbox.messages()] == ["two", "one"]


@pytest.mark.parametrize(
    ("to", "subjects"),
    [
        ("ada@uni.example", ["to Ada"]),
        ("ADA@uni.example", ["to Ada"]),
        ("da", ["to Ida", "to Ada"]),
    ],
)
def test_mail_is_filtered_by_a_whole_address_or_a_piece(
    sandbox: SandboxServer, to: str, subjects: list[str]
) -> None:
    send(sandbox.smtp_port, to="Ada@uni.example", subject="to Ada")
    send(sandbox.smtp_port, to="ida.ada@uni.example", subject="to Ida")
    send(sandbox.smtp_port, to="bob@uni.example", subject="to Bob")

    assert [mail.subject for mail in sandbox.messages(to)] == subjects
    page = sandbox.http.get("/mailbox/", params={"to": to}).text
    assert "to Bob" not in page
    assert "to Ada" in page


def test_page_of_a_mail_links_the_addresses_of_its_text_and_escapes_the_rest(
    sandbox: SandboxServer,
) -> None:
    send(sandbox.smtp_port)
    (mail,) = sandbox.messages()

    page = sandbox.http.get(f"/mailbox/{mail.id}/").text

    escaped = LINK.replace("&", "&amp;")
    assert f'Dear &lt;b&gt;Ada&lt;/b&gt;, open <a href="{escaped}">{escaped}</a>.' in page
    assert "<iframe" not in page


def test_html_part_is_framed_and_can_run_nothing(sandbox: SandboxServer) -> None:
    send(sandbox.smtp_port, html="<script>alert(1)</script><p>Dear Ada</p>")
    (mail,) = sandbox.messages()

    page = sandbox.http.get(f"/mailbox/{mail.id}/").text
    framed = sandbox.http.get(f"/mailbox/{mail.id}/html")

    assert f'sandbox src="/mailbox/{mail.id}/html"' in page
    assert "alert(1)" not in page
    policy = framed.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert framed.headers["x-frame-options"] == "SAMEORIGIN"


def test_mailbox_can_be_emptied(sandbox: SandboxServer) -> None:
    send(sandbox.smtp_port)

    sandbox.clear_messages()

    assert sandbox.messages() == []
    assert "No mail yet" in sandbox.http.get("/mailbox/").text
