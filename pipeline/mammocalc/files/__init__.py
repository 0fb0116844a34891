"""How files are written and read here: locks, JSON lines, YAML, plain text."""
