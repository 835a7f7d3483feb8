"""Gathers the rooms' models for Django; each is written in its room."""

from .authorities.logs import AuthorityLogEntry
from .authorities.models import LocalAuthority, VillesInternetSettings
from .labels.models import Award, Distinction, Edition, LabelProgramme
from .labels.palmares.models import PalmaresRow
from .matrix.models import Axis, Matrix, Placement, ReferenceService, Theme
from .services.links.models import CheckedLink
from .services.models import AssociationPage, DigitalService
from .services.remapping.models import Remap
from .services.workflow import TownReviewTask
from .sync.models import Attempt, Backoff, Declaration, Link, Registry, SyncRun

__all__ = [
    "AssociationPage",
    "Attempt",
    "AuthorityLogEntry",
    "Award",
    "Axis",
    "Backoff",
    "CheckedLink",
    "Declaration",
    "DigitalService",
    "Distinction",
    "Edition",
    "LabelProgramme",
    "Link",
    "LocalAuthority",
    "Matrix",
    "PalmaresRow",
    "Placement",
    "ReferenceService",
    "Registry",
    "Remap",
    "SyncRun",
    "Theme",
    "TownReviewTask",
    "VillesInternetSettings",
]
