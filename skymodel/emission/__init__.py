"""What one encounter of an electron with a nugget radiates."""
