"""A member's e-mail domains (rule C7)."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.actors import Actor
from members.models import EmailDomain, Event, Member
from members.services._shared import field_errors, lock_for_edit, member_event, save_next_version

MAX_DOMAINS = 100


@transaction.atomic
def set_email_domains(
    *, member_id: int, version: int | None, domains: Iterable[str], by: Actor
) -> Member:
    """Make the member's e-mail domains exactly these, in any form people write them.

    Raises `StaleVersion`, `PermissionDenied`, and `ValidationError` for `domains` naming each line
    that is no domain.
    """
    member = lock_for_edit(member_id=member_id, by=by, version=version)
    old = sorted(domain.domain for domain in member.email_domains.all())
    new = read_domains(domains)
    if new == old:
        return member
    member.email_domains.exclude(domain__in=new).delete()
    EmailDomain.objects.bulk_create(
        EmailDomain(member=member, domain=domain) for domain in new if domain not in old
    )
    save_next_version(member)
    Event.append(
        member_event(Event.Kind.DOMAINS_CHANGED, member, by, fields={"email_domains": [old, new]})
    )
    return member


def read_domains(lines: Iterable[str]) -> list[str]:
    """The domains in order, once each: `@Uni.Example` → `uni.example`, umlauts as punycode."""
    domains: set[str] = set()
    errors: list[ValidationError] = []
    for line in filter(None, (line.strip() for line in lines)):
        try:
            domains.add(_read_domain(line))
        except ValidationError as error:
            errors.append(error)
    if len(domains) > MAX_DOMAINS:
        errors.append(ValidationError(_("These are too many: 100 domains at most.")))
    if errors:
        raise field_errors(ValidationError(errors), "domains")
    return sorted(domains)


def _read_domain(line: str) -> str:
    try:
        domain = line.removeprefix("@").rstrip(".").lower().encode("idna").decode("ascii")
        EmailDomain(domain=domain).clean_fields(exclude={"member"})
    except (UnicodeError, ValidationError) as error:
        raise ValidationError(
            _("“%(line)s” is not a domain. Write only what follows the @, such as uni.example."),
            params={"line": line[:80]},
        ) from error
    return domain
