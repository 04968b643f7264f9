"""What takes the place of a constraint or an index whose column is replaced."""
