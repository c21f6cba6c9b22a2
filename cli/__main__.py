"""`python -m cli COMMAND`."""

import sys
from pathlib import Path

# The functions' asset is not installed as a package: Lambda, too, runs it from its folder.
sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from cli.main import app  # needs the path set above

if __name__ == "__main__":
    app(prog_name="parley")
