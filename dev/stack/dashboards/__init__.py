"""A real Superset on this machine: ``python -m dev.stack.dashboards``.

- ``server``           its configuration and its process
- ``superset_config``  what Superset itself reads at its start
- ``prepare``          its own database and its user, made inside Superset's code
- ``browser``          a headless Chromium from the npm registry, for tests and pictures

``superset/deploy`` puts the dashboards into it, as into any other Superset.
"""

import sys

from dev.stack.services.state import ROOT

# `deploy` is imported from there: the folder `superset` is no package.
sys.path.append(str(ROOT / "superset"))
