"""Runs axe-core in a page."""

import re

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CLASSES = re.compile(r'class="([^"]*)"')


def findings(page, axe, rules):
    """What axe finds wrong in `page`, of the rules with these tags: sorted `rule: element`.

    An element is told by its classes, so that the same part of two pages is told the same.
    """
    page.evaluate(axe)
    options = {"runOnly": {"type": "tag", "values": rules}, "resultTypes": ["violations"]}
    report = page.evaluate("(options) => axe.run(document, options)", options)
    return sorted(
        f"{found['id']}: {told(node)}" for found in report["violations"] for node in found["nodes"]
    )


def told(node):
    classes = CLASSES.search(node["html"].split(">")[0])
    return classes.group(1) if classes else node["html"][:100]
