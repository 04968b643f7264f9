"""Changes to operations, in an order that works; no kind is known here by name."""
