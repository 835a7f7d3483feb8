"""What a title calls to mind while a service is typed: reference services to attach it to, and
services that look like it.

Shown with the form, and asked again by its script as the title changes.
"""

from collections.abc import Iterable
from dataclasses import asdict

from django.http import JsonResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..matrix.models import ReferenceService
from ..matrix.suggesting import entries_in_use, suggest
from ..services.duplicates import Like, likes, others_of
from ..services.models import DigitalService
from .widgets import Proposal

NAMESPACE = "wagtailsnippets_wagtail_villes_internet_digitalservice"
LONGEST = DigitalService._meta.get_field("title").max_length
LONGEST_ADDRESS = DigitalService._meta.get_field("url").max_length


def proposals(title: str) -> list[Proposal]:
    """The reference services that `title` calls to mind, the likeliest first; two queries."""
    found = suggest(title[:LONGEST], entries_in_use()) if title.strip() else []
    keys = dict(
        ReferenceService.objects.filter(code__in=[row.code for row in found]).values_list(
            "code", "pk"
        )
    )
    return [Proposal(keys[row.code], row.label, row.theme) for row in found]


def likes_in(authority: LocalAuthority, title: str, url: str, remote_id: str = "") -> list[Like]:
    """The services of `authority` that look like the one that is typed; one query."""
    return likes(title[:LONGEST], url[:LONGEST_ADDRESS], others_of(authority), remote_id=remote_id)


def told(found: Iterable[Like]) -> list[dict[str, str]]:
    """What a person sees of each: its title, why it is named, and where it is edited."""
    return [
        {
            "title": like.known.title,
            "why": _why(like),
            "edit_url": reverse(f"{NAMESPACE}:edit", args=[like.known.pk]),
        }
        for like in found
    ]


def _why(like: Like) -> str:
    if like.same_title and like.same_address:
        return _("much the same title, the same address")
    return _("much the same title") if like.same_title else _("the same address")


class EchoesView(PermissionCheckedMixin, View):
    """`?title=&url=&service=`: suggestions and likes as JSON, for the authority worked for.

    `service`: the remote id of the one being edited. As many queries whatever is asked.
    """

    model = DigitalService
    any_permission_required = ["add", "change"]
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        title, url, remote_id = (request.GET.get(name, "") for name in ("title", "url", "service"))
        authority = current_authority(request)
        suggestions = [asdict(row) for row in proposals(title)]
        alike = likes_in(authority, title, url, remote_id) if authority else []
        answer = JsonResponse({"suggestions": suggestions, "likes": told(alike)})
        answer["Cache-Control"] = "no-store"
        return answer


class LikesPanel(Panel):
    """Under the title: the services that look like this one, and where its script asks anew."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtail_villes_internet/desk/panels/likes.html"

        def get_context_data(self, parent_context=None):
            return {
                **super().get_context_data(parent_context),
                "address": reverse(f"{NAMESPACE}:echoes"),
                "likes": told(self.form.likes),
                "remote_id": self.instance.remote_id if self.instance.pk else "",
            }


class SaysLikes:
    """Put in front of a view that adds a service: warns of its likes where the form is left.

    Where it stays open, `LikesPanel` says so; one that is there already had its warning. Nothing
    is refused.
    """

    def save_action(self):
        response = super().save_action()
        leaves = not self.expects_json_response and response.url != self.get_edit_url()
        if leaves and (found := self.form.likes):
            links = format_html_join(
                ", ",
                '<a href="{}">{}</a>',
                ((row["edit_url"], row["title"]) for row in told(found)),
            )
            said = format_html("{} {}", _("There may be such a service already:"), links)
            messages.warning(self.request, said)
        return response
