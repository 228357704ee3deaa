"""Superset's own database, its roles and the user of ``make dashboards``; run inside Superset.

One process for what are three commands of Superset: each takes seconds to start, and the one that
makes a user wants the password on its command line.
"""

import os

from superset.app import create_app

USER = "admin"


def main() -> None:
    """Brings the database to this version, and the user to this password."""
    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade
        from superset.extensions import appbuilder, db, security_manager

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        if security_manager.find_user(USER) is None:
            role = security_manager.find_role("Admin")
            password = os.environ["SUPERSET_PASSWORD"]
            security_manager.add_user(USER, "Local", "Admin", "admin@localhost", role, password)
        db.session.commit()


if __name__ == "__main__":
    main()
