"""The cloud assembly as the emulator can deploy it: without what it refuses, with code for this machine.

The copy has hashes of its own: the CDK's command line uploads nothing under a key that exists already.
"""

import copy
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.emulator.stripping import AssemblyError, Template, strip


@dataclass(frozen=True, slots=True)
class Adapted:
    """folder: the copy. stack: its name in the assembly. template: the original one, with nothing removed.
    removed: the logical ids that the copy lacks."""

    folder: Path
    stack: str
    template: Template
    removed: frozenset[str]


def code_keys(template: Template) -> frozenset[str]:
    """The object keys of the functions' code."""
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    return frozenset(each["Properties"]["Code"]["S3Key"] for each in functions)


def with_code(template: Template, key: str) -> Template:
    """The template whose functions all have their code under `key`."""
    changed = copy.deepcopy(template)
    for each in changed["Resources"].values():
        if each["Type"] == "AWS::Lambda::Function":
            each["Properties"]["Code"]["S3Key"] = key
    return changed


def with_assets(assets: dict[str, Any], *, code: Path, code_hash: str, template_hash: str) -> dict[str, Any]:
    """The asset manifest with other code and another template.

    Raises `AssemblyError` unless it has one of each.
    """
    changed = copy.deepcopy(assets)
    files = changed["files"]
    by_packaging = {
        packaging: [name for name, each in files.items() if each["source"]["packaging"] == packaging]
        for packaging in ("zip", "file")
    }
    if any(len(names) != 1 for names in by_packaging.values()) or len(files) != 2:
        raise AssemblyError(f"one code asset and one template are expected, not {sorted(files)}")
    for packaging, new in (("zip", code_hash), ("file", template_hash)):
        (old,) = by_packaging[packaging]
        asset = files.pop(old)
        for destination in asset["destinations"].values():
            destination["objectKey"] = destination["objectKey"].replace(old, new)
        if packaging == "zip":
            asset["source"]["path"] = str(code)
        files[new] = asset
    return changed


def region_of(assembly: Path) -> str:
    """Where the assembly's stack is meant to be deployed."""
    _, artifact = _one_stack(json.loads((assembly / "manifest.json").read_text()))
    # aws://123456789012/eu-west-1
    return str(artifact["environment"]).rpartition("/")[2]


def adapt(source: Path, target: Path, *, code: Path, code_hash: str) -> Adapted:
    """Writes the adapted copy of the assembly `source` to the folder `target`, which is new or empty.

    code: the folder of the functions' code, named by its digest `code_hash`.
    """
    manifest = json.loads((source / "manifest.json").read_text())
    stack, artifact = _one_stack(manifest)
    properties = artifact["properties"]
    template: Template = json.loads((source / properties["templateFile"]).read_text())
    if len(code_keys(template)) != 1:
        raise AssemblyError(f"the functions do not share one asset: {sorted(code_keys(template))}")
    stripped, removed = strip(template)
    text = json.dumps(with_code(stripped, f"{code_hash}.zip"), indent=1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assets_file = manifest["artifacts"][f"{stack}.assets"]["properties"]["file"]
    assets = json.loads((source / assets_file).read_text())
    changed = with_assets(assets, code=code, code_hash=code_hash, template_hash=digest)
    url = properties["stackTemplateAssetObjectUrl"]
    properties["stackTemplateAssetObjectUrl"] = f"{url.rpartition('/')[0]}/{digest}.json"
    # What describes the construct tree speaks of resources that are gone.
    kept = {name: each for name, each in manifest["artifacts"].items() if name in (stack, f"{stack}.assets")}
    artifact.pop("additionalMetadataFile", None)
    target.mkdir(parents=True, exist_ok=True)
    (target / properties["templateFile"]).write_text(text)
    (target / assets_file).write_text(json.dumps(changed, indent=1))
    (target / "manifest.json").write_text(json.dumps({**manifest, "artifacts": kept}, indent=1))
    return Adapted(target, stack, template, removed)


def _one_stack(manifest: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    stacks = [
        (name, each)
        for name, each in manifest["artifacts"].items()
        if each["type"] == "aws:cloudformation:stack"
    ]
    if len(stacks) != 1:
        raise AssemblyError(f"one stack is expected, not {[name for name, _ in stacks]}")
    return stacks[0]
