"""Writes docs/reference/openapi.md from the OpenAPI file that the package ships.

    .venv/bin/python scripts/openapi_page.py

Reads YAML with what the `test` extra installs. A test says when the page is behind the file.
"""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "wagtail_villes_internet" / "registry" / "openapi.yaml"
PAGE = ROOT / "docs" / "reference" / "openapi.md"
METHODS = ("get", "put", "post", "delete")

# What follows this heading is written here; what comes before it is kept.
HEADING = "## Opérations\n"


def rewritten(page: str, document: dict) -> str:
    """The page, with the operations as the file has them."""
    head, heading, _old = page.partition(HEADING)
    return head + heading + "\n" + render(document)


def render(document: dict) -> str:
    operations = [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]
    page = "| Requête | Jeton | Sens |\n| --- | --- | --- |\n"
    for method, path, operation in operations:
        page += f"| `{method} {path}` | {_token(document, operation)} | {operation['summary']} |\n"
    for method, path, operation in operations:
        page += f"\n### {method} {path}\n\n"
        page += _operation(document, document["paths"][path], operation)
    return page


def _token(document: dict, operation: dict) -> str:
    security = operation.get("security", document["security"])
    if not security:
        return "non"
    return "facultatif" if {} in security else "oui"


def _operation(document: dict, item: dict, operation: dict) -> str:
    text = f"{operation['summary']} (`{operation['operationId']}`).\n"
    if "description" in operation:
        text += f"\n{_line(operation['description'])}\n"
    parameters = [
        _resolved(document, each)
        for each in [*item.get("parameters", []), *operation.get("parameters", [])]
    ]
    if parameters:
        text += "\n| Paramètre | Où | Obligatoire | |\n| --- | --- | --- | --- |\n"
    for each in parameters:
        needed = "oui" if each.get("required") else "non"
        said = _line(each.get("description", ""))
        text += f"| `{each['name']}` | {PLACES[each['in']]} | {needed} | {said} |\n"
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        text += f"\nCorps : `{_name(schema)}`, en `application/json`.\n"
    text += "\n| Réponse | Corps | Sens |\n| --- | --- | --- |\n"
    for status, response in operation["responses"].items():
        found = _resolved(document, response)
        text += f"| {status} | {_body(found)} | {_line(found['description'])} |\n"
    links = [
        (status, name, link)
        for status, response in operation["responses"].items()
        for name, link in response.get("links", {}).items()
    ]
    if links:
        text += "\nDe là : "
        text += " ; ".join(
            f"`{name}` ({status}) → `{to['operationId']}`" for status, name, to in links
        )
        text += ".\n"
    return text


PLACES = {"path": "chemin", "query": "requête", "header": "en-tête"}


def _resolved(document: dict, value: dict) -> dict:
    if "$ref" not in value:
        return value
    found = document
    for name in value["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def _name(schema: dict) -> str:
    return schema["$ref"].rpartition("/")[2]


def _body(response: dict) -> str:
    """The schemas' names: each of a choice, the first of those that add to one another."""
    said = []
    for content in response.get("content", {}).values():
        schema = content["schema"]
        choices = schema.get("oneOf") or schema.get("allOf", [schema])[:1]
        said += [f"`{_name(choice)}`" for choice in choices]
    return " ou ".join(said) or "aucun"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    DOCUMENT = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), DOCUMENT), encoding="utf-8")
