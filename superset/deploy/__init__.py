"""What puts the dashboards into a Superset: ``python superset/deploy``, run by its path.

The folder ``superset`` is no package: that name is Apache Superset's own. Nothing here imports
``dev``.

- ``assets``  the dashboards as files: bundled for an import, in one form after an export
- ``client``  Superset's REST interface
"""


class DeployError(Exception):
    """Something the person at the keyboard has to fix; its text is all they are shown."""
