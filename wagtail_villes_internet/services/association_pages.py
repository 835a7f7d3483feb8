"""Where a service stands in the association's tool: the address of its page there (« fiche »).

Kept beside the service, not in it: it is not declared, no revision holds it, and it outlives the
service, whose page must still be found to be taken out.
"""

from uuid import UUID

from ..authorities.models import LocalAuthority
from .models import AssociationPage
from .rules import is_web_address


def page_addresses(authority: LocalAuthority) -> dict[str, str]:
    """The addresses that are known for the services of `authority`, by remote id; one query."""
    rows = AssociationPage.objects.filter(authority=authority).values_list("remote_id", "url")
    return {str(remote_id): url for remote_id, url in rows}


def page_address(authority_id: int, remote_id: str | UUID) -> str:
    """The address of one service's page; empty where it is not known."""
    rows = AssociationPage.objects.filter(authority=authority_id, remote_id=remote_id)
    return rows.values_list("url", flat=True).first() or ""


def keep_page_address(authority: LocalAuthority, remote_id: str | UUID, address: str) -> None:
    """Note where the page of one service is; an empty address forgets it.

    Raises `ValueError` for an address that is not `https` or `http`: it becomes a link.
    """
    if not address:
        AssociationPage.objects.filter(authority=authority, remote_id=remote_id).delete()
        return
    if not is_web_address(address):
        raise ValueError("not a web address")
    AssociationPage.objects.update_or_create(
        authority=authority, remote_id=remote_id, defaults={"url": address}
    )
