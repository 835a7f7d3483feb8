"""What the block picker shows: a town that does not exist, on a day that does not pass."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from ..labels.models import Award
from ..labels.record import LabelRecord, Unstated, Won
from ..labels.standing import Scale
from ..services.listing import ListedAxis, ListedService, ListedTheme, Listing
from ..services.models import DigitalService

SAMPLE_DAY = date(2024, 3, 1)


def _won(year: int, level: int) -> Won:
    return Won(year, Award.Standing.LABELLED, level, "declared")


SAMPLE_RECORD = LabelRecord(
    scale=Scale("Villes Internet", "arobase", "arobases", 5),
    rows=(_won(2024, 4), Unstated(2023, 2023), _won(2022, 3), _won(2021, 3)),
    name="Exempleville",
)
SAMPLE_FLOWERS = LabelRecord(
    scale=Scale("Villes et villages fleuris", "fleur", "fleurs", 4, "flower", "lasting"),
    rows=(_won(2023, 2),),
    name="Exempleville",
    slug="sample",
)


def _service(
    number: int,
    title: str,
    summary: str,
    *,
    url: str = "",
    offline: str = "",
    status: str = DigitalService.Status.ACTIVE,
) -> ListedService:
    return ListedService(
        remote_id=f"00000000-0000-4000-8000-{number:012}",
        title=title,
        summary=summary,
        description="",
        url=url,
        offline_alternative=offline,
        status=status,
        kind=DigitalService.Kind.SERVICE,
        provider=DigitalService.Provider.AUTHORITY,
        audiences=(),
        interactions=(),
        started_on=None,
        ended_on=None,
        latitude=None,
        longitude=None,
    )


SAMPLE_LISTING = Listing(
    axes=(
        ListedAxis(
            "sample-1",
            _("First domain of the matrix"),
            (
                ListedTheme(
                    "sample-theme-1",
                    _("A theme"),
                    (
                        _service(
                            1,
                            _("Family portal"),
                            _("Register for school meals and pay for them."),
                            url="https://example.org/",
                            offline=_("at the town hall’s family desk, every morning"),
                        ),
                        _service(2, _("Digital workshops"), _("Learn at the library, in person.")),
                    ),
                ),
                ListedTheme("sample-theme-2", _("A theme without a service"), ()),
            ),
        ),
        ListedAxis(
            "sample-2",
            _("Second domain of the matrix"),
            (
                ListedTheme(
                    "sample-theme-3",
                    _("Another theme"),
                    (
                        _service(
                            3,
                            _("Town council on video"),
                            _("Follow the council live, and watch it again."),
                            status=DigitalService.Status.PLANNED,
                        ),
                    ),
                ),
            ),
        ),
    ),
    official=True,
    matrix_version="sample",
)
