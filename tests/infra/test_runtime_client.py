"""The functions as Lambda starts them: the real runtime client, the bundle, and nothing else of this machine.

What a function imports and the bundle lacks shows here, and so does a handler that is not where the template
says. On arm64 the bundle is the one that is deployed; elsewhere the same locked packages for this machine.
"""

import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from infra import bundling
from sandbox.emulator import bundle as sandbox_bundle
from sandbox.emulator.tools import MissingToolError
from tests.support.http import request
from tests.support.lambda_service import CLIENT, Service, service
from tests.support.resources import Template, of_type
from tests.support.runtime import event

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec(CLIENT) is None, reason=f"{CLIENT} is not installed"),
]


def queued(text: str) -> dict[str, Any]:
    told: dict[str, Any] = event("sqs.json")
    told["Records"][0]["body"] = text
    return told


@dataclass(frozen=True)
class Sample:
    """One event that leaves nothing to do, and what is answered: these members of it."""

    event: Any
    answer: dict[str, Any]
    what: str = field(default="response")


SAMPLES = {
    "receive_mail": Sample(queued(event("setup-note.txt")), {"batchItemFailures": []}),
    "track_delivery": Sample(queued(event("setup-note.txt")), {"batchItemFailures": []}),
    "admin_api": Sample(request("GET", "/openapi.json"), {"statusCode": 200}),
    "write_archive": Sample({"Records": []}, {"batchItemFailures": []}),
    "tend_archive": Sample(event("schedule.json"), {"forgotten": 0}),
    "keep_lake": Sample(event("schedule.json"), {"is_busy": False, "rows": 0, "failed": 0}),
    "erase_data": Sample({"task": "no such task"}, {"error": "unknown-task"}),
    # It refuses to answer anybody but CloudFormation, and has nobody else to tell.
    "activate_rule_set": Sample(
        {
            "RequestType": "Delete",
            "PhysicalResourceId": "Parley",
            "ResourceProperties": {"RuleSetName": "Parley"},
            "ResponseURL": "http://127.0.0.1/",
        },
        {"errorType": "ValueError", "errorMessage": "CloudFormation waits at https addresses only"},
        what="error",
    ),
}


def bundle_of(package: str) -> Path:
    asset = bundling.asset_of(package)
    if platform.machine() == "aarch64":
        return bundling.make_bundle(asset)
    try:
        return sandbox_bundle.make_bundle(asset).folder
    except MissingToolError as error:
        pytest.skip(str(error))


@pytest.fixture
def lambda_() -> Iterator[Service]:
    with service() as made:
        yield made


def deployed(template: Template) -> dict[str, dict[str, Any]]:
    """Handler and variables of every function, by the package of its handler."""
    return {
        each["Properties"]["Handler"].partition(".")[0]: each["Properties"]
        for each in of_type(template, "AWS::Lambda::Function").values()
    }


def variables(properties: dict[str, Any]) -> dict[str, str]:
    """Those of the template; what is a name there has some name here."""
    given = properties.get("Environment", {}).get("Variables", {})
    return {name: value if isinstance(value, str) else "some-name" for name, value in given.items()}


def test_every_function_has_a_sample(template: Template) -> None:
    assert deployed(template).keys() == SAMPLES.keys()


@pytest.mark.parametrize("package", sorted(SAMPLES))
def test_a_handler_is_imported_and_serves_an_event(
    template: Template, lambda_: Service, package: str
) -> None:
    sample, properties = SAMPLES[package], deployed(template)[package]
    answered = lambda_.invoke(bundle_of(package), properties["Handler"], variables(properties), sample.event)
    assert answered.what == sample.what, (answered.body, answered.printed[-2000:])
    assert {name: answered.body.get(name) for name in sample.answer} == sample.answer, answered.printed
    assert lambda_.unknown == []


def test_an_import_that_the_bundle_lacks_is_an_error_of_the_start(lambda_: Service, tmp_path: Path) -> None:
    (tmp_path / "wanting.py").write_text("import moto\n")
    answered = lambda_.invoke(tmp_path, "wanting.handler", {}, {})
    assert answered.what == "error"
    assert answered.body["errorType"] == "Runtime.ImportModuleError"
