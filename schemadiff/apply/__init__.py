"""Run a plan: gates first, then segment after segment, each undone when a statement fails."""
