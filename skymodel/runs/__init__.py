"""A configuration in, results out, as objects: a notebook may run everything here.

Rooms: ``config`` (what is asked, validated), ``one`` (one model), ``many`` (ensembles), ``fits``. Nothing is written
here and nothing printed; that is for ``output`` and the doors.
"""
