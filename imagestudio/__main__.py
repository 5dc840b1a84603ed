"""The command as a module: `python -m imagestudio`."""

import sys

from imagestudio.command import main

if __name__ == "__main__":
    sys.exit(main())
