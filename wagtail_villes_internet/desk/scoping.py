"""Keeps each town's objects to its own people, in every admin view.

Wagtail asks for permission on a model, never on an object: with the right to change services, the
editor of one town could read and change those of another by the address of any view. Here every
view of a viewset, those that a later Wagtail adds included, answers 404 for an object outside the
authorities of the person who asks, and lists nothing of it.
"""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from wagtail import VERSION
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from ..authorities.models import LocalAuthority
from ..authorities.scope import (
    CACHE,
    authorities_for,
    current_authority,
    is_operator,
    reach,
    scoped,
    within_reach,
)


def of_current_authority(queryset: QuerySet, request: HttpRequest) -> QuerySet:
    """What of `queryset` belongs to the authority that the editor is working for; none for none."""
    return scoped(queryset, request.user).filter(authority=current_authority(request))


def desk_context(request: HttpRequest) -> dict[str, object]:
    """What `desk/working_for.html` shows above every list: for whom, and the way to another."""
    mine = reach(request.user)
    several = LocalAuthority.objects.count() > 1 if mine is None else len(mine) > 1
    return {"working_for": current_authority(request), "several_authorities": several}


def shown_authority(request: HttpRequest) -> LocalAuthority:
    """The authority worked for, which the posted form was shown for.

    Whoever changed the authority in another tab decides nothing for the wrong one: not found.
    """
    authority = current_authority(request)
    if authority is None or request.POST.get("authority") != str(authority.pk):
        raise Http404
    return authority


def keys_among(values: Iterable[object]) -> list[int]:
    """The keys among what somebody posted: no database keeps more than eighteen digits."""
    return [int(key) for key in map(str, values) if key.isdecimal() and len(key) <= 18]


def posted_id(request: HttpRequest) -> str:
    """The remote id that a form names as its `service`; what is none is not found."""
    try:
        return str(UUID(request.POST.get("service", "")))
    except ValueError:
        raise Http404 from None


class ScopedPermissionPolicy(ModelPermissionPolicy):
    """The model's permission, and the object within the person's reach.

    The views do not rely on it alone: most ask for the model's permission only.
    """

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action) and within_reach(user, instance.authority_id)

    def instances_user_has_any_permission_for(self, user, actions):
        return scoped(super().instances_user_has_any_permission_for(user, actions), user)


class ScopedURLFinder(ModelAdminURLFinder):
    """Gives no address, hence no title in « usage », of an object of another town."""

    model: type[Model]

    def get_edit_url(self, instance):
        policy = ScopedPermissionPolicy(self.model)
        if self.user and not policy.user_has_permission_for_instance(self.user, "change", instance):
            return None
        return self.construct_edit_url(instance)


class ScopedViewMixin:
    """Put in front of a view of rows with an `authority`: out of reach is not found."""

    model: type[Model]

    def setup(self, request, *args, **kwargs):
        if "pk" in kwargs:
            self._require_reach(request.user, unquote(str(kwargs["pk"])))
        super().setup(request, *args, **kwargs)

    def _require_reach(self, user, pk: str) -> None:
        try:
            found = self._is_reached(user, self.model._default_manager.filter(pk=pk))
        except ValueError:  # the address of a comparison takes anything for a key
            found = False
        if not found:
            raise Http404

    @staticmethod
    def _is_reached(user, objects: QuerySet) -> bool:
        """One query, which also reads the person's reach where nobody did yet."""
        if is_operator(user) or hasattr(user, CACHE):
            return scoped(objects, user).exists()
        holds = Exists(objects.filter(authority=OuterRef("pk")))
        mine = dict(authorities_for(user).annotate(holds=holds).values_list("pk", "holds"))
        setattr(user, CACHE, frozenset(mine))
        return any(mine.values())

    def get_base_queryset(self):
        """The rows of a list or an export; other views list other things, such as log entries."""
        queryset = super().get_base_queryset()
        if queryset.model is self.model:
            return of_current_authority(queryset, self.request)
        return queryset

    def get_object_list(self):
        """What a chooser offers."""
        return scoped(super().get_object_list(), self.request.user)

    def get_objects(self, pks):
        """What a chooser returns for several keys."""
        return scoped(super().get_objects(pks), self.request.user)


def scoped_view(view_class: type) -> type:
    """`view_class`, kept to the authorities of the person who asks."""
    return type(view_class.__name__, (ScopedViewMixin, view_class), {})


class ScopedChooserViewSet(SnippetChooserViewSet):
    """Chooses among the rows of the person's authorities, and creates none."""

    def construct_view(self, view_class, **kwargs):
        return super().construct_view(scoped_view(view_class), **kwargs)

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]


class ScopedSnippetViewSet(SnippetViewSet):
    """A snippet viewset of rows with an `authority`."""

    chooser_viewset_class = ScopedChooserViewSet
    # POST to Wagtail's copy view overwrites and unpublishes the original.
    copy_view_enabled = False

    def construct_view(self, view_class, **kwargs):
        return super().construct_view(scoped_view(view_class), **kwargs)

    @property
    def url_finder_class(self):
        attributes = {"model": self.model, "edit_url_name": self.get_url_name("edit")}
        return type("ScopedURLFinder", (ScopedURLFinder,), attributes)

    if VERSION < (8, 0):
        # From 8.0 on, policies are registered (`wagtail_hooks`) and this would warn.
        @property
        def permission_policy(self):
            return ScopedPermissionPolicy(self.model)
