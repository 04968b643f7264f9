"""Where the second opinion will stand (pg_dump, migra); nothing lives here yet."""
