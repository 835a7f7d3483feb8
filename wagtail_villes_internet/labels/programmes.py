"""What an editor may choose among the programmes."""

from .models import VILLES_INTERNET, LabelProgramme


def programme_choices() -> list[tuple[str, str]]:
    """Villes Internet, which is what choosing nothing gives, then the others by name.

    Hosts freeze the path of this function in their migrations, and no list of labels.
    """
    others = LabelProgramme.objects.exclude(slug=VILLES_INTERNET).values_list("slug", "name")
    return [("", "Villes Internet"), *others]
