"""Gathers the rooms' models for Django; each is written in its room."""

from .authorities.logs import AuthorityLogEntry
from .authorities.models import LocalAuthority, VillesInternetSettings
from .labels.models import Award, Distinction, Edition, LabelProgramme
from .labels.palmares.models import PalmaresRow
from .matrix.models import Axis, Matrix, Placement, ReferenceService, Theme
from .services.models import DigitalService
from .sync.models import Attempt, Declaration, Link, Registry, SyncRun

__all__ = [
    "Attempt",
    "AuthorityLogEntry",
    "Award",
    "Axis",
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
    "SyncRun",
    "Theme",
    "VillesInternetSettings",
]
