"""The size of what is deployed: the bundle as a zip archive, as the CDK uploads it."""

import zipfile
from io import BytesIO

from infra.bundling import make_bundle


def zip_octets() -> int:
    """Makes the bundle, if there is none of this code, and packs it."""
    folder, packed = make_bundle(), BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return packed.tell()
