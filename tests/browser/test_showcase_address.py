"""The address of a new « En un coup d’œil », which the admin's scripts could lose letters of."""

import pytest

from tests.browser.people import log_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_typing_the_title_again_leaves_the_address_as_it_was_proposed(town, visitor):
    page = visitor()
    log_in(page, town, "admin")
    page.goto(town.site_url + "admin/pages/add/villes_internet_pages/showcasepage/3/")

    title = page.locator("#id_title")
    assert title.input_value() == "En un coup d’œil"
    title.fill("")
    title.press_sequentially("En un coup d’œil")
    title.blur()

    assert page.locator("#id_slug").input_value() == "en-un-coup-d-oeil"
