"""``python -m nps_core`` is ``nps-core``."""

import sys

from nps_core.cli import main

sys.exit(main())
