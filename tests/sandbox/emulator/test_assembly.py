"""The copy of the assembly: what is taken out, what stays, and that it is known by another hash."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infra.bundling import ASSETS, LAKE, SHARED
from sandbox.emulator.assembly import adapt, code_keys, region_of, with_assets, with_code
from sandbox.emulator.bundle import Bundle
from sandbox.emulator.stripping import AssemblyError, references, strip
from tests.support.template import assembly


def resource(kind: str, order: str | list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties, **({"DependsOn": order} if order else {})}


def bundles(folder: Path) -> dict[str, Bundle]:
    return {asset.name: Bundle(folder / asset.name, f"c0de-{asset.name}") for asset in ASSETS}


RULE = resource("AWS::SES::ReceiptRule")


def stripped(**resources: Any) -> dict[str, Any]:
    left: dict[str, Any] = strip({"Resources": resources})[0]["Resources"]
    return left


def test_types_that_the_emulator_does_not_know_are_taken_out_and_named() -> None:
    template = {
        "Resources": {"Rule": RULE, "Own": resource("Custom::Own"), "Topic": resource("AWS::SNS::Topic")}
    }
    left, removed = strip(template)
    assert set(left["Resources"]) == {"Topic"}
    assert removed == {"Rule", "Own"}


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Rule"},
        {"Fn::GetAtt": ["Rule", "Arn"]},
        {"Fn::GetAtt": "Rule.Arn"},
        {"Fn::Sub": "arn:${AWS::Partition}:${Rule.Arn}"},
        {"Fn::Sub": ["${Name}", {"Name": {"Ref": "Rule"}}]},
        {"Fn::Join": ["", ["a", {"Ref": "Rule"}]]},
    ],
)
def test_what_refers_to_them_goes_with_them_however_it_does(reference: Any) -> None:
    left = stripped(
        Rule=RULE,
        Alarm=resource("AWS::CloudWatch::Alarm", Name=[{"of": reference}]),
        Board=resource("AWS::CloudWatch::Dashboard", Body={"Ref": "Alarm"}),
        Other=resource("AWS::CloudWatch::Dashboard", Body={"Fn::Sub": "${!Rule}"}),
    )
    assert set(left) == {"Other"}


def test_a_secret_is_referred_to_by_its_arn_which_its_policies_mean() -> None:
    left = stripped(
        Secret=resource("AWS::SecretsManager::Secret"),
        Policy=resource("AWS::IAM::Policy", Resource=[{"Ref": "Secret"}, {"Ref": "Key"}]),
    )
    assert left["Policy"]["Properties"]["Resource"] == [{"Fn::GetAtt": ["Secret", "Id"]}, {"Ref": "Key"}]


def test_an_order_after_them_is_forgotten_and_the_rest_of_it_stays() -> None:
    left = stripped(
        Rule=RULE,
        One=resource("AWS::SNS::Topic", order="Rule"),
        Two=resource("AWS::SNS::Topic", order=["One", "Rule"]),
    )
    assert "DependsOn" not in left["One"]
    assert left["Two"]["DependsOn"] == ["One"]


def test_outputs_of_them_go_and_others_stay() -> None:
    outputs = {"Gone": {"Value": {"Ref": "Rule"}}, "Kept": {"Value": "text"}}
    left, _ = strip({"Resources": {"Rule": RULE}, "Outputs": outputs})
    assert left["Outputs"] == {"Kept": {"Value": "text"}}


def test_only_what_asks_for_an_attribute_that_the_emulator_lacks_goes() -> None:
    identity = resource("AWS::SES::EmailIdentity")
    token = {"Fn::GetAtt": ["Identity", "DkimDNSTokenName1"]}
    left = stripped(
        Identity=identity,
        Policy=resource("AWS::IAM::Policy", Resource={"Ref": "Identity"}),
        Record=resource("AWS::Route53::RecordSet", Name=token),
    )
    assert set(left) == {"Identity", "Policy"}


def test_a_resource_that_works_on_mail_is_never_taken_out_unnoticed() -> None:
    function = resource("AWS::Lambda::Function", Environment={"RULE": {"Ref": "Rule"}})
    with pytest.raises(
        AssemblyError, match=r"Work .AWS::Lambda::Function. refers to what the emulator refuses"
    ):
        stripped(Rule=RULE, Work=function)


def test_the_template_given_is_not_changed(template: dict[str, Any]) -> None:
    before = copy.deepcopy(template)
    strip(template)
    with_code(template, dict.fromkeys(code_keys(template), "other.zip"))
    assert template == before


def test_of_the_stack_only_the_receiving_end_of_ses_and_the_trail_are_taken_out(
    template: dict[str, Any],
) -> None:
    left, removed = strip(template)
    assert {template["Resources"][name]["Type"] for name in removed} == {
        "AWS::Athena::NamedQuery",
        "AWS::CloudTrail::Trail",
        "AWS::SES::ReceiptRule",
        "AWS::SES::ReceiptRuleSet",
        "Custom::ActiveReceiptRuleSet",
    }
    lost = set(template["Outputs"]) - set(left["Outputs"])
    assert lost == {"DnsDkim1", "DnsDkim2", "DnsDkim3"}
    defined = set(left["Resources"]) | set(template["Parameters"])
    for name, _ in references(left):
        assert name in defined or name.startswith("AWS::"), name


def test_every_function_gets_the_other_code_of_its_own_asset(template: dict[str, Any]) -> None:
    new = {key: f"new-{asset.name}.zip" for key, asset in code_keys(template).items()}
    changed = code_keys(with_code(template, new))
    assert changed == {"new-shared.zip": SHARED, "new-lake.zip": LAKE}


def test_functions_of_different_assets_cannot_share_code(template: dict[str, Any]) -> None:
    mixed = with_code(template, dict.fromkeys(code_keys(template), "same.zip"))
    with pytest.raises(AssemblyError, match=r"share same\.zip"):
        code_keys(mixed)


def test_an_assembly_with_an_asset_that_no_function_has_is_refused() -> None:
    code = {"source": {"path": "a", "packaging": "zip"}, "destinations": {}}
    written = {"source": {"path": "t", "packaging": "file"}, "destinations": {}}
    with pytest.raises(AssemblyError, match="code and one template"):
        with_assets(
            {"files": {"a": code, "b": code, "t": written}},
            code={"a": Bundle(Path("c"), "c")},
            template_hash="t2",
        )


def test_the_copy_names_code_and_template_by_their_new_hashes(tmp_path: Path) -> None:
    source = assembly()
    code = bundles(tmp_path)
    adapted = adapt(source, tmp_path / "copy", code=code)
    manifest = json.loads((adapted.folder / "manifest.json").read_text())
    (stack,) = [each for each in manifest["artifacts"].values() if each["type"] == "aws:cloudformation:stack"]
    template = json.loads((adapted.folder / stack["properties"]["templateFile"]).read_text())
    files = json.loads(next(adapted.folder.glob("*.assets.json")).read_text())["files"]
    url = stack["properties"]["stackTemplateAssetObjectUrl"]

    assert code_keys(template) == {"c0de-shared.zip": SHARED, "c0de-lake.zip": LAKE}
    for each in code.values():
        assert files[each.digest]["source"]["path"] == str(each.folder)
        destinations = files[each.digest]["destinations"].values()
        assert [place["objectKey"] for place in destinations] == [f"{each.digest}.zip"]
    (digest,) = set(files) - {each.digest for each in code.values()}
    assert url.endswith(f"/{digest}.json")
    assert digest not in (source / "manifest.json").read_text()
    assert adapted.template == json.loads(next(source.glob("*.template.json")).read_text())


def test_the_same_assembly_gives_the_same_copy(tmp_path: Path) -> None:
    def text(name: str) -> list[str]:
        adapted = adapt(assembly(), tmp_path / name, code=bundles(tmp_path))
        return [path.read_text() for path in sorted(adapted.folder.iterdir())]

    assert text("one") == text("two")


def test_it_is_known_which_region_an_assembly_is_for() -> None:
    assert region_of(assembly()) == "eu-west-1"
