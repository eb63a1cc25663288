"""From densities to line integrals, HEALPix maps and region means."""
