"""The demo's public pages, and what is asked of each."""

PAGES = {
    "home": "",
    "label": "notre-label/",
    "services": "nos-services-numeriques/",
    "legal": "mentions-legales/",
    "search": "recherche/",
    "found": "recherche/?q=en+ligne",
    "nothing-found": "recherche/?q=zzz",
    "not-found": "nulle-part/",
}
NOTICE = (
    "Démonstration du module wagtail-villes-internet. Ce site n'est ni édité ni approuvé par la "
    "Ville de Lunel ni par l'association Villes Internet. Services cités d'après la presse "
    "(2023-2024) ; textes rédigés pour l'exemple."
)
SECURITY_MEASURES = [
    "Audit de cybersécurité et plan d'actions",
    "Antivirus et EDR sur l'ensemble des postes",
    "Envoi de courriels avec pièces jointes chiffrées",
    "Sensibilisation des agents aux rançongiciels",
    "Protection contre l'usurpation du nom de domaine",
    "Contrôle d'accès au réseau local (802.1X), filaire et Wi-Fi",
]
