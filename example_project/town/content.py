"""The texts of the demo town's pages, written for the example.

What they say of the label is established by the association's own règlement and by the press; what
they say of the town is in the titles of `data/lunel.json`, and nothing else.
"""

HOME = {
    "title": "Bienvenue à Lunel",
    "introduction": (
        "Une salle à réserver, une inscription à faire, un avis à donner : retrouvez ici "
        "les services numériques de la ville, thème par thème."
    ),
}
CARDS = {
    "services": "Démarches, écoles, associations, vie locale : ce que la ville propose en ligne.",
    "label": "Ce que veulent dire les arobases, et les années où la ville les a obtenues.",
}
HELP = """
<h2>Avec ou sans Internet</h2>
<p>Tout le monde n’est pas à l’aise avec un écran. Le guichet unique des démarches a aussi un
accueil physique, et des ateliers aident les aînés à se former au numérique.</p>
"""

LABEL = {
    "title": "Notre label",
    "slug": "notre-label",
    "introduction": (
        "« Territoires, Villes et Villages Internet » est un label national. Il se compte en "
        "arobases, de une à cinq."
    ),
}
LABEL_TEXT = """
<p>Chaque année, les collectivités qui le souhaitent décrivent à l’association Villes Internet ce
qu’elles font avec le numérique pour leurs habitants : démarches, écoles, associations, accès pour
tous. Un jury attribue ensuite les arobases de l’édition.</p>
"""
LABEL_END = """
<p>Ce n’est ni un concours ni un classement : un village et une grande ville qui ont cinq arobases
ont le même label. L’année compte autant que le nombre, car un niveau vaut pour son édition : il
peut monter ou descendre à la suivante.</p>
"""

SERVICES = {
    "title": "Nos services numériques",
    "slug": "nos-services-numeriques",
    "introduction": (
        "Ce que la ville propose, rangé par thème. Un service qui n’est pas encore ouvert porte "
        "la mention « En projet »."
    ),
}

GLANCE = {
    "title": "En un coup d’œil",
    "slug": "en-un-coup-d-oeil",
    "introduction": (
        "Ce que la ville propose en ligne et autour du numérique : quelques chiffres, quelques "
        "services, et la place de chacun parmi les thèmes du label."
    ),
}

HOME_IN_ENGLISH = {
    "title": "Welcome to Lunel",
    "introduction": (
        "Book a room, register for something, say what you think: here are the town’s digital "
        "services, theme by theme."
    ),
}
CARD_IN_ENGLISH = "What the town offers online; what is not translated yet is shown in French."
HELP_IN_ENGLISH = """
<h2>With or without the Internet</h2>
<p>Not everybody is at ease with a screen. The desk for every procedure has staff to meet you, and
workshops help older people to learn.</p>
"""
SERVICES_IN_ENGLISH = {
    "title": "Our digital services",
    "slug": "our-digital-services",
    "introduction": (
        "What the town offers, theme by theme. A service that is not open yet is marked “Planned”. "
        "What is not translated is shown in French."
    ),
}
LABEL_IN_ENGLISH = {
    "title": "Our label",
    "slug": "our-label",
    "introduction": (
        "“Territoires, Villes et Villages Internet” is a French national label. It is counted in "
        "at signs, from one to five."
    ),
}
LABEL_END_IN_ENGLISH = """
<p>It is neither a contest nor a ranking: a village and a city that have five at signs have the same
label. The year matters as much as the number, for a level stands for its edition: it may rise or
fall with the next.</p>
"""
GLANCE_IN_ENGLISH = {
    "title": "At a glance",
    "slug": "at-a-glance",
    "introduction": (
        "What the town offers online and around it: a few figures, a few services, and where each "
        "stands among the themes of the label."
    ),
}

FEATURED = [
    "Prise de rendez-vous en ligne pour les titres d'identité",
    "Réservation en ligne des salles municipales",
    "Ateliers de formation au numérique pour les aînés",
]

HIGHLIGHTS = {
    "Prise de rendez-vous en ligne pour les titres d'identité": (
        "Carte d’identité ou passeport : l’heure se choisit avant de venir."
    ),
    "Portail des associations : un site pour chacune des 260 associations": (
        "De quoi trouver une association, ou faire connaître la sienne."
    ),
    "Ateliers de formation au numérique pour les aînés": (
        "Pour apprendre à se servir des outils numériques, en atelier."
    ),
}
HIGHLIGHTS_IN_ENGLISH = [
    "Identity card or passport: one chooses the time before coming.",
    "To find an association, or to make one’s own known.",
    "To learn to use digital tools, in a workshop.",
]

LEGAL = {
    "title": "Mentions légales",
    "slug": "mentions-legales",
    "introduction": "À qui est ce site, d’où viennent ses textes, et ce qu’il fait de vos données.",
}
LEGAL_TEXT = """
<h2>Un site de démonstration</h2>
<p>Ce site montre ce que fait wagtail-villes-internet, un module libre pour les sites Wagtail des
collectivités. Il ne fonctionne que sur votre ordinateur, à l’adresse 127.0.0.1, et n’est pas fait
pour être mis en ligne : ses mots de passe sont publics.</p>
<h2>Éditeur</h2>
<p>Les contributeurs du projet wagtail-villes-internet. Le module est distribué sous licence
BSD-3-Clause. Il n’y a pas d’hébergeur : le site est servi par l’ordinateur qui l’a lancé.</p>
<h2>Indépendance</h2>
<p>Projet indépendant, ni édité ni approuvé par l’association Villes Internet, titulaire du label.
Le dessin du badge est celui du module. Ne l’affichez que si votre collectivité est labellisée.</p>
<p>Ce site n’est pas davantage celui de la Ville de Lunel, qui ne l’a ni commandé ni approuvé : il
n’emploie ni ses armoiries, ni son logo, ni ses photographies.</p>
<h2>Sources</h2>
<ul>
<li>Services et niveaux du label : Ville de Lunel, communiqué de 2023 ; Hérault Tribune, 2024. Les
informations s’arrêtent à février 2024.</li>
<li>Rattachement des services aux thèmes : établi par le projet d’après les thèmes publics du label.
Il n’engage pas l’association.</li>
<li>Code de la commune, numéro SIREN et population : Insee et DGCL, table de 2026, Licence
Ouverte 2.0.</li>
<li>Résumés des services, textes et dessins : le projet, pour l’exemple.</li>
</ul>
<h2>Données ouvertes</h2>
<p>Ce que ces pages montrent, et rien d’autre, peut être repris : les labels
(<a href="/villes-internet/label.json">JSON</a>, <a href="/villes-internet/labels.csv">CSV</a>) et
les services numériques (<a href="/villes-internet/services.json">JSON</a>,
<a href="/villes-internet/services.csv">CSV</a>).</p>
<h2>Accessibilité</h2>
<p>État de conformité au RGAA : non conforme, car aucun audit n’a été mené. Chaque page passe sans
erreur les contrôles automatiques de l’outil axe (WCAG 2.2, niveaux A et AA), en clair, en sombre et
sur une largeur de 320 pixels, et fonctionne sans JavaScript. Ces contrôles ne remplacent pas un
audit.</p>
<h2>Données personnelles et cookies</h2>
<p>Les pages ne déposent aucun cookie, ne mesurent pas les visites et n’appellent aucun autre site.
Seul l’accès des rédacteurs, à l’adresse /admin/, dépose les cookies de sa session.</p>
"""


def french(text: str) -> str:
    """`text` on one line, with the no-break spaces and the apostrophes of French typography."""
    text = " ".join(text.split()).replace("'", "’")
    for mark in ":;?!»%":
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text.replace("« ", "«\u00a0")


def english(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())
