"""The command as a module: `python -m imagestudio`."""

import sys

from imagestudio.cli import main

if __name__ == "__main__":
    sys.exit(main())
