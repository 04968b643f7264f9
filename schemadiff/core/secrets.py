"""Options that hold a secret; whoever reads options leaves these out, and says so."""

from __future__ import annotations

# What libpq and other wrappers take for a secret: not read, not shown, not compared.
SECRETS = ("password", "passwd", "sslpassword", "secret", "token", "api_key", "secret_access_key")
