"""Same bytes on every run: office files are zips that remember when they were written, so we rewrite them."""

import re
import zipfile
from pathlib import Path

EPOCH = (2025, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def normalise(path: Path) -> None:
    """Rewrite a docx or xlsx in place with fixed member times and fixed created/modified properties."""
    with zipfile.ZipFile(path) as source:
        members = [(info.filename, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members:
            info = zipfile.ZipInfo(name, date_time=EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            content = _STAMP.sub(rb"\g<1>2025-01-01T00:00:00Z\g<2>", data) if name == "docProps/core.xml" else data
            target.writestr(info, content, compresslevel=6)
