"""What a map and a part of the sky are."""
