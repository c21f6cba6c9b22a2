"""The cloud assembly as the emulator can deploy it: without what it refuses, with code for this machine.

The copy has hashes of its own: the CDK's command line uploads nothing under a key that exists already.
"""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.bundling import Asset, asset_of
from sandbox.emulator.bundle import Bundle
from sandbox.emulator.stripping import AssemblyError, Template, strip


@dataclass(frozen=True, slots=True)
class Adapted:
    """folder: the copy. stack: its name in the assembly. template: the original one, with nothing removed.
    removed: the logical ids that the copy lacks."""

    folder: Path
    stack: str
    template: Template
    removed: frozenset[str]


def code_keys(template: Template) -> dict[str, Asset]:
    """The object keys of the functions' code, and which asset lies there. Raises `AssemblyError` if functions
    of different assets share one."""
    found: dict[str, Asset] = {}
    for each in template["Resources"].values():
        if each["Type"] == "AWS::Lambda::Function":
            key = each["Properties"]["Code"]["S3Key"]
            asset = asset_of(each["Properties"]["Handler"].partition(".")[0])
            if found.setdefault(key, asset) is not asset:
                raise AssemblyError(f"functions of different assets share {key}")
    return found


def with_code(template: Template, keys: Mapping[str, str]) -> Template:
    """The template whose functions have their code under other keys. keys: the new one by the old one."""
    changed = copy.deepcopy(template)
    for each in changed["Resources"].values():
        if each["Type"] == "AWS::Lambda::Function":
            code = each["Properties"]["Code"]
            code["S3Key"] = keys[code["S3Key"]]
    return changed


def with_assets(assets: dict[str, Any], *, code: Mapping[str, Bundle], template_hash: str) -> dict[str, Any]:
    """The asset manifest with other code and another template. code: by the hash of the asset in whose place
    it comes.

    Raises `AssemblyError` unless it has these and one template.
    """
    changed = copy.deepcopy(assets)
    files = changed["files"]
    templates = [name for name, each in files.items() if each["source"]["packaging"] == "file"]
    if len(templates) != 1 or files.keys() != {*code, *templates}:
        raise AssemblyError(f"the functions' code and one template are expected, not {sorted(files)}")
    for old, new in [*((old, each.digest) for old, each in code.items()), (templates[0], template_hash)]:
        asset = files.pop(old)
        for destination in asset["destinations"].values():
            destination["objectKey"] = destination["objectKey"].replace(old, new)
        if old in code:
            asset["source"]["path"] = str(code[old].folder)
        files[new] = asset
    return changed


def region_of(assembly: Path) -> str:
    """Where the assembly's stack is meant to be deployed."""
    _, artifact = _one_stack(json.loads((assembly / "manifest.json").read_text()))
    # aws://123456789012/eu-west-1
    return str(artifact["environment"]).rpartition("/")[2]


def adapt(source: Path, target: Path, *, code: Mapping[str, Bundle]) -> Adapted:
    """Writes the adapted copy of the assembly `source` to the folder `target`, which is new or empty.

    code: what comes in place of each asset, by its name.
    """
    manifest = json.loads((source / "manifest.json").read_text())
    stack, artifact = _one_stack(manifest)
    properties = artifact["properties"]
    template: Template = json.loads((source / properties["templateFile"]).read_text())
    bundles = {key: code[asset.name] for key, asset in code_keys(template).items()}
    stripped, removed = strip(template)
    text = json.dumps(
        with_code(stripped, {key: f"{each.digest}.zip" for key, each in bundles.items()}), indent=1
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    assets_file = manifest["artifacts"][f"{stack}.assets"]["properties"]["file"]
    assets = json.loads((source / assets_file).read_text())
    by_hash = {key.removesuffix(".zip"): each for key, each in bundles.items()}
    changed = with_assets(assets, code=by_hash, template_hash=digest)
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
