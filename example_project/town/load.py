"""Makes the demo town, once: its authority, its pages, its services, its accounts.

What people changed afterwards is theirs: on the next start only the port of the site is set.
"""

import json
import uuid
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from wagtail.models import Locale, Page, Site

from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.desk.setup import group_name
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.pages.models import LabelPage, ServicesPage, ShowcasePage
from wagtail_villes_internet.services.models import DigitalService

from . import content
from .content import english, french
from .models import ContentPage, HomePage

DATA = Path(__file__).resolve().parent / "data"
HOST = "127.0.0.1"
SIREN = "213401458"
PASSWORD = "lunel-demo"
# Made from the title, so that a town made again declares the same services and not new ones.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:siren:{SIREN}:demo")


@transaction.atomic
def load() -> bool:
    """Make the town; False where it was made before."""
    if LocalAuthority.objects.filter(siren=SIREN).exists():
        Site.objects.filter(hostname=HOST, is_default_site=True).update(port=settings.SITE_PORT)
        Site.clear_site_root_paths_cache()
        return False
    home = make_home()
    call_command("villes_internet_create_authority", SIREN, site=HOST, stdout=StringIO())
    authority = LocalAuthority.objects.get(siren=SIREN)
    make_accounts(authority)
    webmestre = get_user_model().objects.get(username="webmestre")
    make_services(authority, webmestre)
    make_pages(home)
    make_english(home, authority, webmestre)
    return True


def make_home() -> HomePage:
    """The home page, under the site's address; Wagtail's welcome page goes."""
    root = Page.get_first_root_node()
    site = Site.objects.get(is_default_site=True)
    home = root.add_child(instance=HomePage(slug="lunel", **texts(content.HOME)))
    welcome = site.root_page
    site.hostname, site.port, site.root_page = HOST, settings.SITE_PORT, home
    site.site_name = "Lunel, site de démonstration"
    site.save()
    welcome.delete()
    home.refresh_from_db()
    return home


def make_accounts(authority: LocalAuthority) -> None:
    """`admin`, and one account for each of two roles of the town."""
    users = get_user_model().objects
    users.create_superuser("admin", password=PASSWORD)
    for name, role in [("webmestre", "Webmestre"), ("elu", "Élu")]:
        group = Group.objects.get(name=group_name(role, authority))
        users.create_user(name, password=PASSWORD).groups.add(group)


def make_services(authority: LocalAuthority, author) -> None:
    """The services of `data/lunel.json`, published by `author`."""
    summaries = read("summaries.json")["services"]
    references = {row.code: row for row in ReferenceService.objects.all()}
    for facts in read("lunel.json")["services"]:
        extra = dict(summaries.get(facts["title"], {}))
        service = DigitalService(
            authority=authority,
            locale=Locale.get_default(),
            translation_key=uuid.uuid5(NAMESPACE, facts["title"]),
            title=facts["title"],
            kind=facts["kind"],
            status=facts["status"],
            url=facts["url"],
            public=facts["public"],
            summary=french(extra.pop("summary", "")),
            offline_alternative=french(extra.pop("offline_alternative", "")),
            live=False,
            **extra,
        )
        service.reference_services.set(references[code] for code in facts["reference_services"])
        service.save()
        service.save_revision(user=author).publish(user=author)


def make_pages(home: HomePage) -> None:
    """The pages under `home`, then `home` itself, which leads to them."""
    label = home.add_child(
        instance=LabelPage(
            **rich_texts(content.LABEL, content.LABEL_TEXT),
            conclusion=french(content.LABEL_END),
            view="chart",
            show_in_menus=True,
        )
    )
    services = home.add_child(
        instance=ServicesPage(**rich_texts(content.SERVICES), show_in_menus=True)
    )
    home.add_child(
        instance=ShowcasePage(
            **rich_texts(content.GLANCE),
            highlights=highlights(map(french, content.HIGHLIGHTS.values())),
            show_in_menus=True,
        )
    )
    home.add_child(instance=ContentPage(**texts(content.LEGAL), body=[text(content.LEGAL_TEXT)]))
    home.body = [
        (
            "cards",
            [
                {"page": services, "text": french(content.CARDS["services"])},
                {"page": label, "text": french(content.CARDS["label"])},
            ],
        ),
        ("label_badge", {"link_page": label, "size": "hero"}),
        *figures_and_services("En quelques chiffres", "À découvrir", "Thème par thème", label),
        text(content.HELP),
    ]
    for page in [home, *home.get_children().specific()]:
        page.save_revision().publish()


def figures_and_services(figures: str, featured: str, mosaic: str, label_page: LabelPage) -> list:
    """The blocks that a home page has in each language, under these headings."""
    found = DigitalService.objects.filter(title__in=content.FEATURED, locale=Locale.get_default())
    chosen = sorted(found, key=lambda service: content.FEATURED.index(service.title))
    return [
        ("key_figures", {"heading": figures, "label_page": label_page}),
        ("featured_services", {"heading": featured, "services": chosen}),
        ("theme_mosaic", {"heading": mosaic}),
    ]


def highlights(sentences: Iterable[str]) -> list:
    """The services put forward at a glance, with these sentences."""
    services = {
        service.title: service
        for service in DigitalService.objects.filter(
            title__in=content.HIGHLIGHTS, locale=Locale.get_default()
        )
    }
    return [
        ("highlight", {"service": services[title], "sentence": sentence})
        for title, sentence in zip(content.HIGHLIGHTS, sentences, strict=True)
    ]


def make_english(home: HomePage, authority: LocalAuthority, author) -> None:
    """The home page and the ready pages in English, and some of the services."""
    locale = Locale.objects.create(language_code="en")
    welcome = home.copy_for_translation(locale)
    services = home.get_children().type(ServicesPage).get().specific.copy_for_translation(locale)
    label = home.get_children().type(LabelPage).get().specific.copy_for_translation(locale)
    glance = home.get_children().type(ShowcasePage).get().specific.copy_for_translation(locale)
    glance.highlights = highlights(content.HIGHLIGHTS_IN_ENGLISH)
    welcome.refresh_from_db()  # it has pages below it by now
    label.conclusion = english(content.LABEL_END_IN_ENGLISH)
    for page, values in (
        (services, rich_texts(content.SERVICES_IN_ENGLISH, typeset=english)),
        (label, rich_texts(content.LABEL_IN_ENGLISH, typeset=english)),
        (glance, rich_texts(content.GLANCE_IN_ENGLISH, typeset=english)),
        (welcome, texts(content.HOME_IN_ENGLISH, english)),
    ):
        for name, value in values.items():
            setattr(page, name, value)
    welcome.body = [
        ("cards", [{"page": services, "text": content.CARD_IN_ENGLISH}]),
        ("label_badge", {"link_page": label, "size": "hero"}),
        *figures_and_services("In figures", "Worth knowing", "Theme by theme", label),
        ("text", english(content.HELP_IN_ENGLISH)),
    ]
    for page in (services, label, glance, welcome):
        page.save_revision().publish()
    translations = read("english.json")["services"]
    for service in authority.digital_services.filter(title__in=translations):
        translated = service.copy_for_translation(locale)
        translated.summary = translated.offline_alternative = ""
        for name, value in translations[service.title].items():
            setattr(translated, name, value)
        translated.save()
        translated.save_revision(user=author).publish(user=author)


def rich_texts(values: dict[str, str], more: str = "", typeset=french) -> dict[str, str]:
    """The same for a ready page, whose introduction is rich text."""
    plain = texts(values, typeset)
    return plain | {"introduction": f"<p>{plain['introduction']}</p>{typeset(more)}"}


def texts(values: dict[str, str], typeset=french) -> dict[str, str]:
    set_in_type = {name: typeset(value) for name, value in values.items()}
    return set_in_type | {"search_description": set_in_type["introduction"]}


def text(html: str) -> tuple[str, str]:
    return "text", french(html)


def read(name: str) -> dict:
    return json.loads((DATA / name).read_text(encoding="utf-8"))
