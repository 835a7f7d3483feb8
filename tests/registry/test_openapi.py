"""The OpenAPI file says what the reference registry does, and what the package reads.

Every run sends the registry what Schemathesis draws from the file, the same examples every time,
and follows the file's links from one answer to the next request.
"""

from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import count

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_page import PAGE, rewritten
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import Case, GenerationMode, Response, checks
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput

from tests.processes import RegistryProcess
from wagtail_villes_internet.registry import types
from wagtail_villes_internet.registry.canonical import canonical_body
from wagtail_villes_internet.registry.dossier_rules import ROLES, validate_dossier
from wagtail_villes_internet.registry.problems import CODES, FieldProblem
from wagtail_villes_internet.registry.text import canonical_text

from .values import a_body, a_dossier, service_id
from .worlds import untouched

FILE = files("wagtail_villes_internet.registry") / "openapi.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = ("get", "put", "post", "delete")
OPERATIONS = [
    (path, method.upper())
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if method in METHODS
]
LINKS = {
    f"{method.upper()} {path} {status} {name}"
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    for status, response in item.get(method, {}).get("responses", {}).items()
    for name in response.get("links", {})
}

# The same examples every time: a failure is of the file or of the registry, never of the day.
drawn = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


class TestTheFile:
    def test_is_openapi_3_1(self):
        OpenAPIV31SpecValidator(DOCUMENT).validate()

    def test_names_the_fields_of_a_service(self):
        assert tuple(SCHEMAS["Fields"]["properties"]) == types.SERVICE_FIELDS
        assert SCHEMAS["Fields"]["required"] == list(types.SERVICE_FIELDS)

    def test_names_the_members_of_a_dossier(self):
        assert SCHEMAS["Dossier"]["required"] == list(a_dossier())
        assert validate_dossier({}, "", 1) == tuple(
            FieldProblem(f"/{name}", "required") for name in SCHEMAS["Dossier"]["properties"]
        )

    @pytest.mark.parametrize(
        ("listed", "known"),
        [
            (SCHEMAS["Fields"]["properties"]["kind"], types.KINDS),
            (SCHEMAS["Fields"]["properties"]["status"], types.STATUSES),
            (SCHEMAS["Fields"]["properties"]["provider"], types.PROVIDERS),
            (SCHEMAS["Fields"]["properties"]["audiences"]["items"], types.AUDIENCES),
            (SCHEMAS["Fields"]["properties"]["interactions"]["items"], types.INTERACTIONS),
            (SCHEMAS["Authority"]["properties"]["kind"], types.AUTHORITY_KINDS),
            (
                SCHEMAS["Editions"]["properties"]["items"]["items"]["properties"]["state"],
                types.EDITION_STATES,
            ),
            (SCHEMAS["Award"]["properties"]["standing"], types.STANDINGS),
            (
                SCHEMAS["Dossier"]["properties"]["signed_off"]["items"]["properties"]["role"],
                ROLES,
            ),
            (SCHEMAS["FieldError"]["properties"]["code"], tuple(CODES)),
        ],
    )
    def test_has_the_closed_lists_that_the_package_reads(self, listed, known):
        assert tuple(listed["enum"]) == known

    def test_is_what_the_documentation_shows(self):
        page = PAGE.read_text(encoding="utf-8")

        assert page == rewritten(page, DOCUMENT), "run scripts/openapi_page.py"

    @pytest.mark.processes
    def test_has_the_methods_of_the_registry(self, process):
        for path in DOCUMENT["paths"]:
            url = process.base_url + path.lstrip("/").format(
                siren=process.siren, id=SERVICE, version="x", year=2024
            )
            headers = {"Authorization": f"Bearer {process.token}"}
            answer = requests.request("PATCH", url, headers=headers, timeout=30)

            documented = {method for where, method in OPERATIONS if where == path}
            assert answer.status_code == 405
            assert documented <= set(answer.headers["Allow"].split(", "))


SERVICE = "0b6f3c0e-4f0a-4b58-9d4c-1f6e2a7c8d90"


@pytest.fixture(scope="module")
def api(process: RegistryProcess) -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.config.update(base_url=process.base_url.rstrip("/"))
    schema.config.generation.update(modes=[GenerationMode.POSITIVE], with_security_parameters=False)
    return schema


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as kept:
        yield kept


@pytest.fixture(scope="module")
def open_year(process: RegistryProcess) -> int:
    """The year of an edition that is open."""
    process.agent("open-edition", 2100)
    return 2100


@pytest.fixture
def addressed() -> Callable[[Case], None]:
    """Sends to a town that nobody touched, with its token."""
    return to_a_town(next(untouched))


def to_a_town(siren: str) -> Callable[[Case], None]:
    def to_the_town(case: Case) -> None:
        if "siren" in case.path_parameters:
            case.path_parameters["siren"] = siren
            case.headers["Authorization"] = f"Bearer token-{siren}"

    return to_the_town


def made_canonical(body: dict) -> dict:
    """What a schema cannot say of a service: its order, its form, codes that exist."""
    given = {**body, "reference_services": ["p-portail-familles"], "url": ""}
    given["description"] = "<p>x</p>" if body["description"] else ""
    if given["location"]:
        given["location"] = (given["location"]["lat"], given["location"]["lon"])
    if given["started_on"] and given["ended_on"]:
        given["started_on"], given["ended_on"] = sorted((given["started_on"], given["ended_on"]))
    made = canonical_body(**given).as_json()
    return {**made, "title": made["title"] or "Sans titre"}


DOSSIER = "/authorities/{siren}/dossiers/{year}"


def made_fileable(body: dict, siren: str, year: int) -> dict:
    """What a schema cannot say of a dossier: its address, the form of its texts, its order."""
    lines = {
        line["id"]: {
            **line,
            "title": canonical_text(line["title"])[:255] or "Sans titre",
            "reference_services": sorted(
                {canonical_text(code) or "x" for code in line["reference_services"]}
            ),
        }
        for line in body["services"]
    }
    texts = {name: canonical_text(body[name]) for name in ("answers", "statement")}
    return {
        **body,
        **texts,
        "edition": year,
        "authority": siren,
        "matrix_version": canonical_text(body["matrix_version"]) or "1",
        "services": list(lines.values()),
    }


@pytest.mark.processes
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
class TestEveryOperation:
    def test_answers_as_the_file_says(self, api, session, addressed, path, method):
        @settings(drawn, max_examples=20)
        @given(case=api[path][method].as_strategy(), ours=st.sampled_from([True, True, False]))
        def run(case: Case, ours: bool) -> None:
            if ours:
                addressed(case)
            case.validate_response(case.call(session=session), checks=CHECKS)

        run()

    def test_stands_what_the_file_does_not_admit(self, api, session, addressed, path, method):
        strategy = api[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE)

        @settings(drawn, max_examples=20)
        @given(case=strategy)
        def run(case: Case) -> None:
            addressed(case)
            case.validate_response(case.call(session=session), checks=[checks.not_a_server_error])

        run()


@pytest.mark.processes
@pytest.mark.parametrize("part", ["dossiers", "everything else"])
def test_every_link_leads_from_an_answer_to_the_next_request(api, session, open_year, part):
    """The machine knows only the file: how one request follows from another's answer.

    No link leads from a dossier to anything else: walked apart, each part is walked through soon.
    """
    followed: set[str] = set()
    links = {link for link in LINKS if (DOSSIER in link) == (part == "dossiers")}
    walked = api.include(path=DOSSIER) if part == "dossiers" else api.exclude(path=DOSSIER)

    class Site(walked.as_state_machine()):
        def setup(self) -> None:
            # A town of its own each time: what one example left must not move another.
            self.to_the_town = to_a_town(next(untouched))
            self.ids, self.keys = count(), count()

        def before_call(self, case: Case) -> None:
            self.to_the_town(case)
            if "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = f'"{next(self.keys)}"'
            if case.operation.path == DOSSIER:
                case.path_parameters["year"] = open_year
            if case.method == "PUT":
                if case.operation.path == DOSSIER:
                    siren = case.path_parameters["siren"]
                    case.body = made_fileable(case.body, siren, open_year)
                else:
                    case.body = made_canonical(case.body)
                case.headers.pop("If-None-Match", None)
                if "If-Match" not in case.headers:
                    case.headers["If-None-Match"] = "*"
            elif case.method == "POST":
                operation = {"op": "put", "key": str(next(self.keys)), "if_match": None}
                case.body = {
                    "operations": [
                        {**operation, "id": service_id(next(self.ids)), "body": a_body().as_json()}
                    ]
                }

        def get_call_kwargs(self, case: Case) -> dict[str, object]:
            return {"session": session}

        def step(self, input: StepInput) -> StepOutput:
            output = super().step(input)
            if input.transition is not None and output.response.status_code in (200, 201, 304, 410):
                source, _, link = input.transition.id.partition(" -> [")
                followed.add(f"{source} {link.partition(' -> ')[0].replace(']', '')}")
            return output

        def validate_response(self, response: Response, case: Case, **kwargs: object) -> None:
            case.validate_response(
                response,
                checks=[*CHECKS, checks.use_after_free, checks.ensure_resource_availability],
                recorder=self.recorder,
            )

    # Longer walks are other walks: as many as it takes to have been everywhere.
    for steps in range(20, 70, 10):
        Site.run(settings=settings(drawn, max_examples=20, stateful_step_count=steps))
        if followed >= links:
            break

    assert followed >= links, sorted(links - followed)
