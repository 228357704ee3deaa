"""A real Superset on this machine: ``python -m dev.stack.dashboards``.

- ``server``           its configuration and its process
- ``superset_config``  what Superset itself reads at its start
- ``prepare``          its own database and its user, made inside Superset's code
- ``client``           its REST interface
- ``assets``           the dashboards as files: bundled for an import, in one form after an export
- ``browser``          a headless Chromium from the npm registry, for tests and pictures
"""
