"""Reading a CloudFormation template in tests."""

from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]
Resource = dict[str, Any]

_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def of_type(template: Template, kind: str) -> dict[str, Resource]:
    """The resources of one type by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def one(template: Template, kind: str, containing: str = "") -> tuple[str, Resource]:
    """The only resource of the type whose logical id contains `containing`."""
    found = [(name, each) for name, each in of_type(template, kind).items() if containing in name]
    assert len(found) == 1, f"{len(found)} resources {kind} with {containing!r} in their names"
    return found[0]


def properties(template: Template, kind: str, containing: str = "") -> dict[str, Any]:
    found: dict[str, Any] = one(template, kind, containing)[1]["Properties"]
    return found


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy document, with actions and resources always lists."""
    return [
        {**each, **{name: as_list(each[name]) for name in _LISTS if name in each}}
        for each in document["Statement"]
    ]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def references(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to by Ref, Fn::GetAtt or Fn::Sub."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for each in value.values():
                yield from references(each)
        case list():
            for each in value:
                yield from references(each)


def needs(resource: Resource) -> set[str]:
    """The logical ids that CloudFormation makes before the resource."""
    stated = set(as_list(resource.get("DependsOn", [])))
    return stated | set(references(resource.get("Properties", {})))


def text(value: Any) -> str:
    """A value as text: a reference becomes <logical id> or <logical id.attribute>."""
    match value:
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [*path]}:
            return f"<{'.'.join(path)}>"
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(map(text, parts))
        case _:
            return str(value)
