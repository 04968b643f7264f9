"""Values only: no I/O and no kind of object is known here."""
