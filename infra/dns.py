"""The DNS records of the relay domain: created in a hosted zone, or listed in the stack's outputs."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

_TTL = "1800"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. `label` names it in the stack, `value` is as a zone file has it."""

    label: str
    type: str
    name: str
    value: str


class Dns(Construct):
    """`records`, each either a record set of the hosted zone or an output `Dns<label>`."""

    def __init__(
        self, scope: Construct, id: str, *, records: list[Record], hosted_zone_id: str | None
    ) -> None:
        super().__init__(scope, id)
        self.records = records
        for record in records:
            if hosted_zone_id:
                self._create(record, hosted_zone_id)
            else:
                self._list(record)

    def _create(self, record: Record, hosted_zone_id: str) -> None:
        route53.CfnRecordSet(
            self,
            record.label,
            hosted_zone_id=hosted_zone_id,
            name=record.name,
            type=record.type,
            ttl=_TTL,
            resource_records=[record.value],
        )

    def _list(self, record: Record) -> None:
        output = cdk.CfnOutput(
            self,
            record.label,
            description="DNS record to create",
            value=f"{record.name} {record.type} {record.value}",
        )
        output.override_logical_id(f"Dns{record.label}")
