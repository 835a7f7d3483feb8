"""Keeps Wagtail's report « Site history » open on SQLite under Django 6.1.

Wagtail joins its logs one after the other, and ours is the third. From 6.1 on, Django gives a union
the default order of its first model, which SQLite refuses inside another union (Django's tickets
37097 and 37258). The view has no hook and its address cannot be taken, hence a patch.
"""

import functools

import django
from django.db.models import QuerySet
from wagtail.admin.views.reports.audit_logging import LogEntriesView


def with_order_outside_only(queryset: QuerySet) -> QuerySet:
    """`queryset` in the order it asks for, the unions it is made of in none."""
    for query in queryset.query.combined_queries:
        query.clear_ordering(force=True)
    return queryset


def open_site_history() -> None:
    """Let the report join three logs. Does nothing where Django does not stand in the way."""
    if django.VERSION < (6, 1):
        return
    joined = LogEntriesView.get_filtered_queryset

    @functools.wraps(joined)
    def get_filtered_queryset(self):
        return with_order_outside_only(joined(self))

    LogEntriesView.get_filtered_queryset = get_filtered_queryset
