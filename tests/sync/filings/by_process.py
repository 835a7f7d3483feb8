"""What a person does about the dossier, as `SiteProcess.edit` runs it."""

YEAR = 2031
FILE = f"""
from django.contrib.auth import get_user_model
from wagtail_villes_internet.dossiers.drafting import open_dossier
from wagtail_villes_internet.dossiers.models import Dossier, Filing, Receipt
from wagtail_villes_internet.registry.base import get_backend
from wagtail_villes_internet.sync import filing as filings
from wagtail_villes_internet.sync.models import FilingAttempt

def file(statement):
    dossier = open_dossier(LocalAuthority.objects.get(), {YEAR})
    Dossier.objects.filter(pk=dossier.pk).update(statement=statement)
    dossier.refresh_from_db()
    user, _ = get_user_model().objects.get_or_create(username="mairie", is_superuser=True)
    with get_backend() as backend:
        shown = filings.draft_at(dossier, backend).content.digest
        return filings.file(dossier, backend, user, shown=shown)
"""
STANDS = """
answer = [
    [one.number, one.state, one.sha256, getattr(getattr(one, "receipt", None), "sha256", None)]
    for one in Filing.objects.order_by("number")
]
"""
