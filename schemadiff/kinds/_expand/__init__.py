"""Types of columns in steps: the new type beside the old one, and the swap."""
