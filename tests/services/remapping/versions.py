"""Small matrices in few words, and services seen through them."""

from wagtail_villes_internet.matrix.data import parse_matrix
from wagtail_villes_internet.matrix.models import Matrix, ReferenceService
from wagtail_villes_internet.services.listing import services_by_theme
from wagtail_villes_internet.services.remapping import taking_into_use


def version(name, **themes):
    """A version of one axis: themes by code, each a mapping of service codes to what they replace,
    or a list of codes."""
    return parse_matrix(
        {
            "version": name,
            "official": False,
            "axes": [
                {
                    "code": "axe",
                    "label": "Axe",
                    "themes": [
                        {
                            "code": theme,
                            "label": f"Thème {theme}",
                            "services": [
                                {
                                    "code": code,
                                    "label": f"Libellé {code}",
                                    "replaces": list(services[code])
                                    if isinstance(services, dict)
                                    else [],
                                }
                                for code in services
                            ],
                        }
                        for theme, services in themes.items()
                    ],
                }
            ],
        }
    )


def use(name, **themes):
    """Store and take into use, as an import does."""
    return taking_into_use.receive(version(name, **themes))


def stored(name):
    return Matrix.objects.get(version=name)


def use_again(name):
    return taking_into_use.take_into_use(stored(name))


def codes(service):
    """What a live row is attached to."""
    through = type(service).reference_services.through.objects.filter(digitalservice=service.pk)
    return sorted(through.values_list("referenceservice__code", flat=True))


def attach(service, *attached):
    service.reference_services.set(ReferenceService.objects.filter(code__in=attached))
    service.save()


def themes_of(authority):
    """The titles that residents see, by theme."""
    listing = services_by_theme(authority)
    return {
        theme.code: [service.title for service in theme.services]
        for axis in listing.axes
        for theme in axis.themes
    }
