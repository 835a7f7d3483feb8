"""Gathers the rooms' models for Django; each is written in its room."""

from .authorities.logs import AuthorityLogEntry
from .authorities.models import LocalAuthority, VillesInternetSettings
from .dossiers.models import (
    Agreement,
    Campaign,
    Choice,
    Dossier,
    Filing,
    Notice,
    Receipt,
    Scan,
    Step,
)
from .labels.models import Award, Distinction, Edition, LabelProgramme
from .labels.palmares.models import PalmaresRow
from .matrix.models import Axis, Matrix, Placement, ReferenceService, Theme
from .services.links.models import CheckedLink
from .services.models import AssociationPage, DigitalService
from .services.remapping.models import Remap
from .services.workflow import TownReviewTask
from .sync.models import (
    Attempt,
    Backoff,
    Declaration,
    FilingAttempt,
    Link,
    Registry,
    RemoteDossier,
    SyncRun,
)

__all__ = [
    "Agreement",
    "AssociationPage",
    "Attempt",
    "AuthorityLogEntry",
    "Award",
    "Axis",
    "Backoff",
    "Campaign",
    "CheckedLink",
    "Choice",
    "Declaration",
    "DigitalService",
    "Distinction",
    "Dossier",
    "Edition",
    "Filing",
    "FilingAttempt",
    "LabelProgramme",
    "Link",
    "LocalAuthority",
    "Matrix",
    "Notice",
    "PalmaresRow",
    "Placement",
    "Receipt",
    "ReferenceService",
    "Registry",
    "Remap",
    "RemoteDossier",
    "Scan",
    "Step",
    "SyncRun",
    "Theme",
    "TownReviewTask",
    "VillesInternetSettings",
]
