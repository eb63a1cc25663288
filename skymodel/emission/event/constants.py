"""Constants of nature (CODATA 2018), fixed here so that results do not move with a library's release."""

ELECTRON_MASS = 0.51099895  # MeV, times c^2
PROTON_MASS = 938.27208816  # MeV, times c^2
PROTON_GRAM = 1.67262192369e-24  # the same in g
ALPHA = 7.2973525693e-3  # fine-structure constant
HBAR = 6.582119569e-22  # MeV s; turns rates per natural time (1/MeV) into rates per second
SPEED_OF_LIGHT = 2.99792458e10  # cm s-1
