"""The asset: made for the runtime, small, and whole."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import bundling

LARGEST_ZIP = 12_000_000
# Lambda quotas: code of a function, unzipped.
LARGEST_FUNCTION = 250_000_000
# ELF: two octets at 18 tell the machine; 183 is AArch64.
AARCH64 = (183).to_bytes(2, "little")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle() -> Path:
    return bundling.make_bundle()


def test_the_zip_stays_below_12_mb(bundle: Path, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in bundle.rglob("*"):
            file.write(path, path.relative_to(bundle))
    assert archive.stat().st_size <= LARGEST_ZIP


def test_the_code_is_in_it_and_nothing_of_the_repository_besides(bundle: Path) -> None:
    ours = {path.name for path in bundling.FUNCTIONS.glob("[a-z]*/")}
    assert {"parley", "activate_rule_set"} <= ours <= {path.name for path in bundle.iterdir()}
    for stray in ("requirements*", "*.dist-info", "bin", ".*"):
        assert not list(bundle.glob(stray))


def test_no_folder_in_it_hides_a_standard_module(bundle: Path) -> None:
    assert not {path.stem for path in bundle.iterdir()} & sys.stdlib_module_names


def test_every_extension_is_built_for_arm64(bundle: Path) -> None:
    extensions = [*bundle.rglob("*.so"), *bundle.rglob("*.so.*")]
    assert extensions
    for path in extensions:
        assert path.read_bytes()[18:20] == AARCH64, path.name


def test_every_module_is_compiled_for_the_runtime(bundle: Path) -> None:
    if bundling.find_python() is None:
        pytest.skip(f"there is no Python {bundling.PYTHON} here")
    for path in bundle.rglob("*.py"):
        assert (path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc").is_file(), path


def test_compiled_modules_are_taken_without_a_look_at_their_sources(bundle: Path) -> None:
    """PEP 552: of the two lowest bits after the magic number the first says `hash`, the second `check it`."""
    for path in (bundle / "parley").rglob("*.pyc"):
        assert path.read_bytes()[4] == 0b01, path


def test_it_describes_the_services_that_functions_call_and_no_others(bundle: Path) -> None:
    described = {path.name for path in (bundle / "botocore" / "data").iterdir() if path.is_dir()}
    assert described == bundling.SERVICES == {name for path in sources() for name in clients(path)}


def sources() -> list[Path]:
    return sorted(bundling.FUNCTIONS.rglob("*.py"))


def clients(path: Path) -> list[str]:
    """The services that a module makes clients of: client("s3")."""
    return [
        str(node.args[0].value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def test_its_boto3_makes_every_client(bundle: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(bundle)!r})\n"
        "import boto3, botocore\n"
        f"assert botocore.__file__.startswith({str(bundle)!r}), botocore.__file__\n"
        "session = boto3.Session('test', 'test', region_name='eu-west-1')\n"
        f"for service in {sorted(bundling.SERVICES)}: session.client(service)\n"
    )
    subprocess.run([sys.executable, "-I", "-W", "ignore", "-c", program], check=True)


def test_lambda_may_read_all_of_it_whatever_the_umask_here(bundle: Path) -> None:
    for path in [bundle, *bundle.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_the_same_inputs_give_the_same_asset(bundle: Path) -> None:
    assert bundling.make_bundle() == bundle


def test_without_the_runtimes_python_it_says_so_and_carries_no_bytecode(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bundling, "find_python", lambda: None)
    # The dependencies are there; what is made without bytecode shall not stay.
    dependencies = bundling.fetch_dependencies()
    monkeypatch.setattr(bundling, "fetch_dependencies", lambda: dependencies)
    monkeypatch.setattr(bundling, "BUILD", tmp_path)
    made = bundling.make_bundle()
    assert "no Python 3.13 here" in capsys.readouterr().err
    assert not list(made.rglob("*.pyc"))


def test_the_lakes_asset_has_the_engine_for_arm64_and_fits_into_a_function() -> None:
    made = bundling.make_bundle(bundling.LAKE)
    (engine,) = made.glob("_duckdb*.so")
    assert engine.read_bytes()[18:20] == AARCH64
    assert (made / "boto3").is_dir()
    assert (made / "keep_lake" / "handler.py").is_file()
    assert sum(path.stat().st_size for path in made.rglob("*") if path.is_file()) < LARGEST_FUNCTION


def test_the_engine_is_in_no_other_functions_asset(bundle: Path) -> None:
    assert not list(bundle.glob("*duckdb*"))


def test_every_package_that_is_asked_for_is_imported_by_some_function() -> None:
    requirements = (bundling.FUNCTIONS / "requirements.in").read_text().splitlines()
    wanted = {line.split("=")[0].replace("-", "_") for line in requirements if line and line[0] != "#"}
    assert wanted <= {name for path in sources() for name in imports(path)}


def imports(path: Path) -> list[str]:
    """The top-level packages that a module imports."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
    return [
        name.split(".")[0]
        for name in [*plain, *(str(node.module) for node in nodes if isinstance(node, ast.ImportFrom))]
    ]
