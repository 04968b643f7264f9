"""The live server: connections, inspection, dependencies, and what no kind manages."""
