"""Views as Athena keeps them: tables of Glue whose text is a comment with a JSON in Base64.

CloudFormation knows no CREATE VIEW, and Athena keeps nothing but this of one. The form is Trino's
(`ConnectorViewDefinition` of its SPI): the statement, where its tables' names are looked up, and each column
with its type, which has to be the one that the statement gives, or the view is refused as stale.
"""

import base64
import json

from aws_cdk import aws_glue as glue

from parley.lake.views import View, trino_type

_CATALOG = "awsdatacatalog"
# Glue wants a reader of files, and a view has none.
_NONE = "-"


def view_input(view: View, database: str) -> glue.CfnTable.TableInputProperty:
    """database: its name, in which the tables of the statement are."""
    definition = {
        "originalSql": view.sql,
        "catalog": _CATALOG,
        "schema": database,
        "columns": [{"name": each.name, "type": trino_type(each.type)} for each in view.columns],
    }
    encoded = base64.b64encode(json.dumps(definition).encode("ascii")).decode("ascii")
    return glue.CfnTable.TableInputProperty(
        name=view.name,
        description=view.says,
        table_type="VIRTUAL_VIEW",
        # By these two Trino knows its own views from Hive's.
        parameters={"presto_view": "true", "comment": "Presto View"},
        partition_keys=[],
        storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
            columns=[
                glue.CfnTable.ColumnProperty(name=each.name, type=each.type, comment=each.says)
                for each in view.columns
            ],
            # Trino refuses a description without one.
            serde_info=glue.CfnTable.SerdeInfoProperty(name=_NONE, serialization_library=_NONE),
        ),
        view_original_text=f"/* Presto View: {encoded} */",
        view_expanded_text="/* Presto View */",
    )
