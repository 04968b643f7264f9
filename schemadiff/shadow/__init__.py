"""Where the desired state is built so that the server can say it in its own words."""
