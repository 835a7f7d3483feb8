"""What the schemas of the documentation say of the files is true of every file."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from tests.blocks.pages import offer
from tests.factories import DistinctionFactory
from tests.opendata.files import document, lines
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.opendata import labels, services
from wagtail_villes_internet.opendata.cells import SEPARATOR
from wagtail_villes_internet.services.models import Audience, DigitalService, Interaction
from wagtail_villes_internet.tables.cells import text_of

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
SCHEMAS = REFERENCE / "schemas"
COLUMNS = {"services": services.COLUMNS, "labels": labels.COLUMNS}


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


@pytest.fixture
def everything(lunel):
    """Services and awards of every kind that may be shown."""
    offer(lunel, 10)
    choices = zip(DigitalService.Kind, DigitalService.Provider, strict=True)
    for kind, provider in choices:
        lunel.service(
            kind=kind,
            provider=provider,
            audiences=sorted(Audience.values),
            interactions=sorted(Interaction.values),
            started_on=date(2020, 1, 1),
            ended_on=date(2090, 1, 1),
            latitude=Decimal("43.674000"),
            longitude=Decimal("-4.135000"),
            description="<p>Texte</p>",
        )
    lunel.service(status=DigitalService.Status.PLANNED, title="=1+1")
    for year, standing in zip(range(2018, 2026), Award.Standing, strict=False):
        level = 3 if standing == Award.Standing.LABELLED else None
        DistinctionFactory(award=lunel.award(year=year, standing=standing, level=level))
    return lunel


@pytest.mark.parametrize(("file", "name"), [("services.json", "services"), ("label.json", "label")])
class TestJSON:
    def test_everything_is_as_its_schema_says(self, everything, file, name):
        checker = jsonschema.Draft202012Validator(
            schema(f"{name}.schema.json"), format_checker=jsonschema.FormatChecker()
        )

        written = document(everything, file)

        assert [error.message for error in checker.iter_errors(written)] == []

    def test_nothing_at_all_is_as_well(self, lunel, file, name):
        jsonschema.validate(document(lunel, file), schema(f"{name}.schema.json"))

    def test_the_schema_lets_nothing_else_through(self, everything, file, name):
        written = document(everything, file)
        members = written["services"] if name == "services" else written["labels"][0]["awards"]
        members[0]["department"] = "Secret"

        with pytest.raises(jsonschema.ValidationError, match="department"):
            jsonschema.validate(written, schema(f"{name}.schema.json"))


@pytest.mark.parametrize("name", ["services", "labels"])
class TestCSV:
    def test_the_columns_are_those_of_its_schema_in_their_order(self, name):
        fields = schema(f"{name}.tableschema.json")["fields"]

        assert tuple(field["name"] for field in fields) == COLUMNS[name]
        assert all(field["description"] for field in fields)

    def test_every_cell_is_as_its_schema_says(self, everything, name):
        written = lines(everything, f"{name}.csv")

        assert len(written) >= 5
        for field in schema(f"{name}.tableschema.json")["fields"]:
            for line in written:
                assert fault(field, line[field["name"]]) == "", line


def fault(field: dict, cell: str) -> str:
    """What of Table Schema `cell` breaks; empty for nothing."""
    constraints = field.get("constraints", {})
    if not cell:
        return "required" if constraints.get("required") else ""
    try:
        match field["type"]:
            case "date":
                date.fromisoformat(cell)
            case "integer":
                int(cell)
            case "number":
                low, high = constraints["minimum"], constraints["maximum"]
                return "" if low <= float(cell) <= high else "bounds"
            case "boolean":
                return "" if cell in {*field["trueValues"], *field["falseValues"]} else "boolean"
    except ValueError:
        return field["type"]
    text = text_of(cell)
    if "enum" in constraints and text not in constraints["enum"]:
        return "enum"
    pattern = constraints.get("pattern")
    return "" if pattern is None or re.fullmatch(pattern, text) else "pattern"


def test_lists_are_told_to_have_their_separator():
    fields = {field["name"]: field for field in schema("services.tableschema.json")["fields"]}

    for name in ("PUBLICS", "USAGES", "DOMAINES", "THEMES", "THEMES_CODES", "REFERENCES"):
        assert f"« {SEPARATOR} »" in fields[name]["description"]


def test_the_codes_of_the_schemas_are_those_of_the_models():
    fields = {field["name"]: field for field in schema("services.tableschema.json")["fields"]}
    items = schema("services.schema.json")["properties"]["services"]["items"]["properties"]

    assert items["audiences"]["items"]["enum"] == Audience.values
    assert items["interactions"]["items"]["enum"] == Interaction.values
    assert fields["NATURE"]["constraints"]["enum"] == DigitalService.Kind.values
    assert fields["FOURNISSEUR"]["constraints"]["enum"] == DigitalService.Provider.values


class TestTheExamplesOfTheDocumentation:
    PAGE = (REFERENCE / "donnees-ouvertes.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", ["services", "label"])
    def test_the_json_is_as_its_schema_says(self, name):
        [example] = re.findall(rf"^## `{name}\.json`\n\n```json\n(.*?)```", self.PAGE, re.M | re.S)

        jsonschema.validate(json.loads(example), schema(f"{name}.schema.json"))

    @pytest.mark.parametrize("name", ["services", "labels"])
    def test_the_csv_has_its_columns_and_each_is_explained(self, name):
        [example] = re.findall(rf"^## `{name}\.csv`\n\n```csv\n(.*?)```", self.PAGE, re.M | re.S)
        explained = self.PAGE.split(f"## `{name}.csv`")[1].split("\n## ")[0]

        assert tuple(example.splitlines()[0].split(",")) == COLUMNS[name]
        assert tuple(re.findall(r"^\| `(\w+)` \|", explained, re.M)) == COLUMNS[name]
