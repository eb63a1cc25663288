"""A configuration in, results out; nothing is written here."""
