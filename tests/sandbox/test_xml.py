"""ORCID's XML, read and written, of works and affiliations."""

from xml.etree import ElementTree as ET

import pytest

from tests.sandbox.steps import bearer, orcid_work, read
from tests.sandbox_server import SandboxClient, SandboxServer

XML = {"Accept": "application/vnd.orcid+xml", "Content-Type": "application/vnd.orcid+xml"}
NAMESPACES = {
    name: f"http://www.orcid.org/ns/{name}"
    for name in ("activities", "bulk", "common", "employment", "error", "work")
}
WORK = """<work:work xmlns:common="http://www.orcid.org/ns/common"
    xmlns:work="http://www.orcid.org/ns/work" visibility="public">
  <work:title>
    <common:title>A title &amp; more</common:title>
    <common:translated-title language-code="fr">Un titre</common:translated-title>
  </work:title>
  <work:type>journal-article</work:type>
  <common:publication-date><common:year>2020</common:year></common:publication-date>
  <common:external-ids>
    <common:external-id>
      <common:external-id-type>doi</common:external-id-type>
      <common:external-id-value>10.5555/{doi}</common:external-id-value>
      <common:external-id-url>https://doi.org/10.5555/a</common:external-id-url>
      <common:external-id-relationship>self</common:external-id-relationship>
    </common:external-id>
  </common:external-ids>
  <work:contributors>
    <work:contributor><work:credit-name>Ana</work:credit-name></work:contributor>
    <work:contributor><work:credit-name>Bo</work:credit-name></work:contributor>
  </work:contributors>
</work:work>"""
EMPLOYMENT = """<employment:employment xmlns:common="http://www.orcid.org/ns/common"
    xmlns:employment="http://www.orcid.org/ns/employment">
  <common:role-title>Reader</common:role-title>
  <common:start-date><common:year>2020</common:year><common:month>02</common:month></common:start-date>
  <common:organization>
    <common:name>Boston University</common:name>
    <common:address><common:city>Boston</common:city><common:country>US</common:country></common:address>
    <common:disambiguated-organization>
      <common:disambiguated-organization-identifier>https://ror.org/05qwgg493</common:disambiguated-organization-identifier>
      <common:disambiguation-source>ROR</common:disambiguation-source>
    </common:disambiguated-organization>
  </common:organization>
</employment:employment>"""


@pytest.fixture
def orcid(sandbox: SandboxServer) -> str:
    return sandbox.add_person()


@pytest.fixture
def headers(sandbox: SandboxServer, orcid: str, member: SandboxClient) -> dict[str, str]:
    scope = "/activities/update /read-limited"
    token = sandbox.give_permission(orcid, member.client_id, scope)["access_token"]
    return {**bearer(token), **XML}


def element(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # the sandbox's own


def words(found: ET.Element, path: str) -> list[str | None]:
    return [one.text for one in found.findall(path, NAMESPACES)]


def test_work_goes_in_and_out_as_xml(
    sandbox: SandboxServer, orcid: str, headers: dict[str, str]
) -> None:
    posted = sandbox.http.post(
        f"/api/v3.0/{orcid}/work", headers=headers, content=WORK.format(doi="a")
    )
    put_code = posted.headers["location"].rpartition("/")[2]

    answer = sandbox.http.get(f"/pub/v3.0/{orcid}/work/{put_code}", headers=XML)
    as_json = read(sandbox, f"/{orcid}/work/{put_code}").json()

    assert answer.headers["content-type"] == "application/vnd.orcid+xml;charset=UTF-8"
    work = element(answer.text)
    assert work.tag == "{http://www.orcid.org/ns/work}work"
    assert (work.get("put-code"), work.get("visibility")) == (put_code, "public")
    assert words(work, "work:title/common:title") == ["A title & more"]
    [translated] = work.findall("work:title/common:translated-title", NAMESPACES)
    assert (translated.text, translated.get("language-code")) == ("Un titre", "fr")
    assert words(work, "work:contributors/work:contributor/work:credit-name") == ["Ana", "Bo"]
    [date] = words(work, "common:last-modified-date")
    assert date
    assert date.endswith("Z")
    assert as_json["title"]["translated-title"] == {"value": "Un titre", "language-code": "fr"}
    assert as_json["publication-date"]["year"] == {"value": "2020"}
    # What was read can be sent back.
    again = sandbox.http.put(
        f"/api/v3.0/{orcid}/work/{put_code}", headers=headers, content=answer.text
    )
    assert element(again.text).tag == work.tag
    assert read(sandbox, f"/{orcid}/work/{put_code}").json() == as_json


def test_bulk_of_works_is_taken_as_xml(
    sandbox: SandboxServer, orcid: str, headers: dict[str, str]
) -> None:
    works = "".join(WORK.format(doi=doi) for doi in ("a", "b", "a"))
    content = f'<bulk:bulk xmlns:bulk="http://www.orcid.org/ns/bulk">{works}</bulk:bulk>'

    answer = sandbox.http.post(f"/api/v3.0/{orcid}/works", headers=headers, content=content)

    bulk = element(answer.text)
    assert [child.tag.rpartition("}")[2] for child in bulk] == ["work", "work", "error"]
    assert words(bulk, "error:error/error:error-code") == ["9021"]
    listed = element(sandbox.http.get(f"/pub/v3.0/{orcid}/works", headers=XML).text)
    assert len(listed.findall("activities:group/work:work-summary", NAMESPACES)) == 2


def test_affiliation_goes_in_and_out_as_xml(
    sandbox: SandboxServer, orcid: str, headers: dict[str, str]
) -> None:
    posted = sandbox.http.post(f"/api/v3.0/{orcid}/employment", headers=headers, content=EMPLOYMENT)
    path = httpx_path(posted.headers["location"])

    single = element(sandbox.http.get(path, headers=headers).text)
    listed = element(sandbox.http.get(f"/pub/v3.0/{orcid}/employments", headers=XML).text)

    assert words(single, "common:organization/common:name") == ["Boston University"]
    summary = "activities:affiliation-group/employment:employment-summary"
    assert words(listed, f"{summary}/common:role-title") == ["Reader"]
    assert words(listed, f"{summary}/common:start-date/common:month") == ["02"]


def httpx_path(location: str) -> str:
    return location[location.index("/api/") :]


@pytest.mark.parametrize(
    "content",
    [
        "<work",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><work/>",
        '<work xmlns="http://www.orcid.org/ns/work"><titel>A</titel></work>',
    ],
)
def test_xml_that_is_none_or_another_is_refused(
    sandbox: SandboxServer, orcid: str, headers: dict[str, str], content: str
) -> None:
    answer = sandbox.http.post(f"/api/v3.0/{orcid}/work", headers=headers, content=content)

    assert answer.status_code == 400
    assert "<error-code>9001</error-code>" in answer.text


def test_without_accept_the_answer_is_xml(sandbox: SandboxServer, orcid: str) -> None:
    sandbox.add_works(orcid, orcid_work("Notes"))

    answer = sandbox.http.get(f"/pub/v3.0/{orcid}/works", headers={"Accept": "*/*"})

    assert words(element(answer.text), ".//common:title") == ["Notes"]
