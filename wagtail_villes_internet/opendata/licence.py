"""The licence under which the open data is published, and the words that go with it.

« Licence Ouverte 2.0 », the one that French public bodies use by default (code des relations entre
le public et l’administration, article D. 323-2-1).
"""

from collections.abc import Mapping

LICENCE: Mapping[str, str] = {
    "id": "etalab-2.0",
    "name": "Licence Ouverte 2.0",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
