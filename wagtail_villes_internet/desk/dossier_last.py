"""The last dossier of each of many authorities, in a sentence: what an operator looks over."""

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority
from ..dossiers.models import Campaign, Dossier, Filing
from .dossier_standing import filing_sentence


def with_last_dossiers(authorities: QuerySet[LocalAuthority]) -> QuerySet[LocalAuthority]:
    """With what `last_dossier` reads: three queries, however many authorities."""
    filings = Filing.objects.exclude(state=Filing.State.GIVEN_UP).order_by("-number")
    read = filings.defer("octets", "annex").select_related("receipt")
    dossiers = Dossier.objects.only("authority", "year").order_by("-year")
    return authorities.prefetch_related(
        Prefetch("dossiers", dossiers.prefetch_related(Prefetch("filings", read, "meant"))),
        Prefetch("campaigns", Campaign.objects.filter(sits_out=True).order_by("-year"), "sat_out"),
    )


def last_dossier(authority: LocalAuthority) -> str:
    """Where the dossier of the latest year stands, « 2027 – Non déposé. »; empty where there never
    was one. Of an authority that `with_last_dossiers` gave."""
    latest = next(iter(authority.dossiers.all()), None)
    sat_out = next(iter(authority.sat_out), None)
    if sat_out and (latest is None or latest.year <= sat_out.year):
        return _said(sat_out.year, _("Does not take part."))
    if latest is None:
        return ""
    filing = next(iter(latest.meant), None)
    return _said(latest.year, filing_sentence(filing) if filing else _("Not filed."))


def _said(year: int, sentence: str) -> str:
    return f"{year} – {sentence}"
