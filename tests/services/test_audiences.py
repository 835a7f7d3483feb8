"""What residents read of whom a service is for."""

from django.utils import translation

from wagtail_villes_internet.services.models import Audience


def test_residents_read_each_audience_after_a_colon():
    with translation.override("fr"):
        read = [str(audience.label) for audience in Audience]

    assert read == [
        "tous les habitants",
        "les familles",
        "les jeunes",
        "les aînés",
        "les personnes en situation de handicap",
        "les demandeurs d’emploi",
        "les nouveaux arrivants",
        "les visiteurs",
        "les associations",
        "les entreprises",
        "les agents",
        "les élus",
    ]
