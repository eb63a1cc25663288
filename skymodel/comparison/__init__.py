"""Models against data, against rivals and against one another: ratios of bands, fits, statistics of maps, forecasts.

Rooms: ``comptel`` (spectra and chi), ``ratio`` (the claim, put to the test), ``likeness`` (statistics of two maps),
``rivals`` (what else may shine), ``forecast`` (mocks and exposures). Here nothing is read from a configuration.
"""
