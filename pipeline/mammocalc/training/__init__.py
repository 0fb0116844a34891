"""How the classifiers are made: one command each, with a fixed seed."""
