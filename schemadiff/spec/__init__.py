"""YAML in and out: files to raw objects, and a catalog to files."""
