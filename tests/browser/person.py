"""What a person does in a browser, in the words of the pages."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.sandbox_server import SandboxServer


@dataclass
class Person:
    page: Page
    portal: str
    sandbox: SandboxServer
    orcid: str

    def goes_to(self, path: str) -> None:
        self.page.goto(self.portal + path)

    def follows(self, name: str, *, within: str = "body") -> None:
        self.page.locator(within).get_by_role("link", name=name).first.click()

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def fills(self, label: str, value: str) -> None:
        self.page.get_by_label(label).first.fill(value)

    def ticks(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def reads_not(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text)

    def signs_in(self) -> None:
        """From a page with the button, through the local ORCID, and back."""
        self.presses("Sign in with ORCID")
        self.signs_in_at_orcid()

    def signs_in_at_orcid(self) -> None:
        self.fills("E-mail or ORCID iD", self.orcid)
        self.fills("Password", "sandbox")
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.presses("Authorize")

    def registers_at_orcid(self, *, given: str, family: str, email: str) -> None:
        self.follows("Register now")
        self.fills("Given names", given)
        self.fills("Family name", family)
        self.page.get_by_label("E-mail", exact=True).fill(email)
        self.fills("Password", "a-good-password")
        self.presses("Register")
        self.presses("Authorize")

    def newest_link(self, *, to: str, part: str) -> str:
        """The link with this part in the newest mail to the address that has one."""
        for mail in self.sandbox.messages(to=to):
            for link in mail.links:
                if part in link:
                    return link
        raise AssertionError(f"no mail to {to} with a link to {part}")
