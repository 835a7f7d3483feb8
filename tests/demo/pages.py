"""The demo's public pages, and what is asked of each."""

PAGES = {
    "home": "",
    "label": "notre-label/",
    "glance": "en-un-coup-d-oeil/",
    "services": "nos-services-numeriques/",
    "filtered": "nos-services-numeriques/?vi-text=salle",
    "theme": "nos-services-numeriques/theme/services-publics/",
    "service": "nos-services-numeriques/service/"
    "prise-de-rendez-vous-en-ligne-pour-les-titres-didentite-dd44d9f3/",
    "home-in-english": "en/",
    "services-in-english": "en/our-digital-services/",
    "label-in-english": "en/our-label/",
    "glance-in-english": "en/at-a-glance/",
    "service-in-english": "en/our-digital-services/service/"
    "booking-an-appointment-for-identity-papers-dd44d9f3/",
    "service-not-translated": "en/our-digital-services/service/procurations-en-ligne-3384ed1d/",
    "legal": "mentions-legales/",
    "search": "recherche/",
    "found": "recherche/?q=en+ligne",
    "nothing-found": "recherche/?q=zzz",
    "not-found": "nulle-part/",
}
NOTICE = (
    "Démonstration du module wagtail-villes-internet. Ce site n’est ni édité ni approuvé par la "
    "Ville de Lunel ni par l’association Villes Internet. Services cités d’après la presse "
    "(2023-2024)\N{NO-BREAK SPACE}; textes rédigés pour l’exemple."
)
NOTICE_IN_ENGLISH = (
    "Demonstration of the module wagtail-villes-internet. This site is neither published nor "
    "approved by the Town of Lunel or by the association Villes Internet. Services as the press "
    "told of them (2023-2024); texts written for the example."
)
SECURITY_MEASURES = [
    "Audit de cybersécurité et plan d'actions",
    "Antivirus et EDR sur l'ensemble des postes",
    "Envoi de courriels avec pièces jointes chiffrées",
    "Sensibilisation des agents aux rançongiciels",
    "Protection contre l'usurpation du nom de domaine",
    "Contrôle d'accès au réseau local (802.1X), filaire et Wi-Fi",
]
