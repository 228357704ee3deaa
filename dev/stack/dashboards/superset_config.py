"""What the local Superset reads at its start; everything else is Superset's own default."""

import os

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_DATABASE"]
# On this machine only, and without https.
TALISMAN_ENABLED = True
SESSION_COOKIE_SAMESITE = "Lax"
# A dashboard asks a dozen questions at once.
RATELIMIT_ENABLED = False
