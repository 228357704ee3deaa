"""Known vulnerabilities of what the project pins, against a dated list of those it lives with."""


class AuditError(Exception):
    """What keeps the audit from an answer, and what to do."""
