"""Two catalogs to changes; no kind is known here by name."""
