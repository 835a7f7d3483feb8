"""A host with an image model of its own."""

from base import *  # noqa: F403
from base import INSTALLED_APPS

INSTALLED_APPS = ["pictures", *INSTALLED_APPS]
WAGTAILIMAGES_IMAGE_MODEL = "pictures.Picture"
