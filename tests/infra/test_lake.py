"""The lake in the template: what Athena knows of it, who pays attention, and how much it may take."""

import base64
import json
from typing import Any

import pytest

from parley.archive.keys import content_key, entry_key, folder
from parley.compacting.parts import part_key
from parley.lake.catalogue import QUERIES
from parley.lake.tables import BY_CONVERSATION, ERRORS, FIRST_DAY, MALFORMED, TABLES, Column
from parley.lake.views import VIEWS, trino_type
from parley.settings import variable
from tests.support.fake_lake import NOON
from tests.support.resources import Template, of_type, one, properties, text

TABLES_BY_DAY = {**TABLES, ERRORS.name: ERRORS}


def glue_tables(template: Template) -> dict[str, dict[str, Any]]:
    inputs = [each["Properties"]["TableInput"] for each in of_type(template, "AWS::Glue::Table").values()]
    return {each["Name"]: each for each in inputs}


def written(columns: tuple[Column, ...]) -> list[tuple[str, str]]:
    return [(each.name, each.type) for each in columns]


def catalogued(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]]


def test_the_catalogue_has_the_tables_that_are_written_the_archives_and_the_views(template: Template) -> None:
    assert glue_tables(template).keys() == {*TABLES_BY_DAY, "content", "entries", *VIEWS}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_written_as_athena_writes_its_own(template: Template, name: str) -> None:
    """The form of Trino's `ConnectorViewDefinition`, by way of its `ViewReaderUtil`."""
    table, view = glue_tables(template)[name], VIEWS[name]
    begin, end = "/* Presto View: ", " */"
    encoded = table["ViewOriginalText"]
    assert encoded.startswith(begin)
    assert encoded.endswith(end)
    assert json.loads(base64.b64decode(encoded[len(begin) : -len(end)], validate=True)) == {
        "originalSql": view.sql,
        "catalog": "awsdatacatalog",
        "schema": "parley_lake",
        "columns": [{"name": each.name, "type": trino_type(each.type)} for each in view.columns],
    }
    assert catalogued(table) == written(view.columns)
    assert table["TableType"] == "VIRTUAL_VIEW"
    assert table["Parameters"] == {"presto_view": "true", "comment": "Presto View"}
    assert table["ViewExpandedText"] == "/* Presto View */"
    assert table["StorageDescriptor"]["SerdeInfo"]
    assert not table.get("PartitionKeys")


@pytest.mark.parametrize("name", TABLES_BY_DAY)
def test_a_table_has_the_columns_that_are_written(template: Template, name: str) -> None:
    table = glue_tables(template)[name]
    assert catalogued(table) == written(TABLES_BY_DAY[name].columns)
    assert [(each["Name"], each["Type"]) for each in table["PartitionKeys"]] == [("day", "string")]


@pytest.mark.parametrize("name", TABLES_BY_DAY)
def test_the_days_of_a_table_are_projected_to_where_they_are_written(template: Template, name: str) -> None:
    parameters = glue_tables(template)[name]["Parameters"]
    review = one(template, "AWS::S3::Bucket", "Review")[0]
    day = NOON.date()
    location = text(parameters["storage.location.template"]).replace("${day}", day.isoformat())
    assert f"s3://<{review}>/{part_key(TABLES_BY_DAY[name], day, 0)}".startswith(location)
    assert parameters["projection.enabled"] == "true"
    assert (parameters["projection.day.type"], parameters["projection.day.format"]) == ("date", "yyyy-MM-dd")
    assert parameters["projection.day.range"] == f"{FIRST_DAY.isoformat()},NOW"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("content", content_key(folder("c1", 1, NOON, "buyer-to-seller", "m1"))),
        ("entries", entry_key("c1", 1, "m1")),
    ],
)
def test_a_conversations_objects_are_projected_to_where_they_are_kept(
    template: Template, name: str, kept: str
) -> None:
    table = glue_tables(template)[name]
    archive = one(template, "AWS::S3::Bucket", "Archive")[0]
    location = text(table["Parameters"]["storage.location.template"]).replace("${conversation_id}", "c1")
    assert f"s3://<{archive}>/{kept}".startswith(location)
    assert location.endswith("/c1/")
    assert table["Parameters"]["projection.conversation_id.type"] == "injected"
    assert catalogued(table) == written(BY_CONVERSATION[name].columns)


@pytest.mark.parametrize("name", BY_CONVERSATION)
def test_an_object_that_is_no_json_keeps_no_query_from_its_answer(template: Template, name: str) -> None:
    serde = glue_tables(template)[name]["StorageDescriptor"]["SerdeInfo"]
    assert serde["SerializationLibrary"] == "org.openx.data.jsonserde.JsonSerDe"
    assert serde["Parameters"] == {"ignore.malformed.json": "true"}


def test_no_salt_and_no_hash_of_an_entry_is_a_column() -> None:
    told = " ".join(f"{each.name} {each.type}" for each in BY_CONVERSATION["entries"].columns)
    assert not [word for word in ("salt", "hash", "commitments", "previous") if word in told]


def test_tables_wait_for_their_database(template: Template) -> None:
    database = one(template, "AWS::Glue::Database")[0]
    for table in of_type(template, "AWS::Glue::Table").values():
        assert database in table["DependsOn"]
        assert table["Properties"]["DatabaseName"] == "parley_lake"


WORKGROUPS = ("reviewing", "auditing")


@pytest.mark.parametrize("name", WORKGROUPS)
def test_a_workgroup_decides_by_itself_where_results_go_how_and_how_much_is_read(
    template: Template, name: str
) -> None:
    workgroup = properties(template, "AWS::Athena::WorkGroup", name.capitalize())
    configuration = workgroup["WorkGroupConfiguration"]
    review = one(template, "AWS::S3::Bucket", "Review")[0]
    encrypted = properties(template, "AWS::S3::Bucket", "Review")["BucketEncryption"]
    (rule,) = encrypted["ServerSideEncryptionConfiguration"]
    result = configuration["ResultConfiguration"]
    assert workgroup["Name"] == f"Parley-{name}"
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 100_000 * 1_000_000
    assert configuration["EngineVersion"] == {"SelectedEngineVersion": "Athena engine version 3"}
    assert text(result["OutputLocation"]) == f"s3://<{review}>/athena-results/{name}/"
    assert result["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    assert (
        result["EncryptionConfiguration"]["KmsKey"] == rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    )


def test_the_command_finds_database_and_workgroups_among_the_outputs(template: Template) -> None:
    outputs = template["Outputs"]
    assert outputs["LakeDatabase"]["Value"] == "parley_lake"
    assert [outputs[f"{name.capitalize()}Workgroup"]["Value"] for name in WORKGROUPS] == [
        "Parley-reviewing",
        "Parley-auditing",
    ]


def test_every_query_of_the_catalogue_is_named_in_the_workgroup_of_those_who_may_ask(
    template: Template,
) -> None:
    named = [each["Properties"] for each in of_type(template, "AWS::Athena::NamedQuery").values()]
    assert {(each["Name"], each["WorkGroup"], each["QueryString"], each["Database"]) for each in named} == {
        (query.name, f"Parley-{query.workgroup}", query.sql_for_athena, "parley_lake")
        for query in QUERIES.values()
    }


@pytest.mark.parametrize(("prefix", "days"), [("athena-results/", 7), (MALFORMED, 30)])
def test_what_may_hold_what_people_wrote_expires(template: Template, prefix: str, days: int) -> None:
    rules = properties(template, "AWS::S3::Bucket", "Review")["LifecycleConfiguration"]["Rules"]
    (rule,) = (each for each in rules if each.get("Prefix") == prefix)
    assert (rule["ExpirationInDays"], rule["Status"]) == (days, "Enabled")


# The function


def test_the_function_has_an_asset_of_its_own(template: Template) -> None:
    own = properties(template, "AWS::Lambda::Function", "KeepLake")["Code"]["S3Key"]
    others = {
        each["Properties"]["Code"]["S3Key"]
        for name, each in of_type(template, "AWS::Lambda::Function").items()
        if "KeepLake" not in name
    }
    assert len(others) == 1
    assert own not in others


def test_the_engine_gets_half_of_the_memory_and_a_turn_outlasts_a_run(template: Template) -> None:
    function = properties(template, "AWS::Lambda::Function", "KeepLake")
    variables = function["Environment"]["Variables"]
    assert int(variables[variable("engine_mb")]) * 2 <= function["MemorySize"]
    assert int(variables[variable("turn_seconds")]) > function["Timeout"] == 900
    assert function["EphemeralStorage"] == {"Size": 8192}


def test_it_runs_every_hour(template: Template) -> None:
    function = one(template, "AWS::Lambda::Function", "KeepLake")[0]
    (rule,) = (
        each["Properties"]
        for each in of_type(template, "AWS::Events::Rule").values()
        if function in str(each["Properties"]["Targets"])
    )
    assert rule["ScheduleExpression"] == "rate(1 hour)"
    assert rule["State"] == "ENABLED"


@pytest.mark.parametrize(
    ("metric", "threshold", "missing"),
    [
        ("LakeLinesMalformed", 1, "notBreaching"),
        ("LakeDaysFailed", 1, "notBreaching"),
        ("LakeOldestArrival", 4 * 3600, "breaching"),
    ],
)
def test_an_alarm_tells_of_lines_that_are_no_rows_of_days_that_failed_and_of_rows_that_wait(
    template: Template, metric: str, threshold: int, missing: str
) -> None:
    alarms = [each["Properties"] for each in of_type(template, "AWS::CloudWatch::Alarm").values()]
    (alarm,) = (each for each in alarms if each.get("MetricName") == metric)
    assert (alarm["Namespace"], alarm["Dimensions"]) == ("Parley", [{"Name": "service", "Value": "parley"}])
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (threshold, missing)
