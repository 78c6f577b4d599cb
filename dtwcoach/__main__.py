"""`python -m dtwcoach` is the same as the command `dtwcoach`."""

import sys

from dtwcoach.cli import main

if __name__ == "__main__":
    sys.exit(main())
