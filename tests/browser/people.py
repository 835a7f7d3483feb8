"""People who log in to the admin."""

import re

PASSWORD = "lunel-demo"


def log_in(page, town, name):
    page.goto(town.site_url + "admin/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[type=submit]").click()
    page.wait_for_url(re.compile(r"/admin/$"))
