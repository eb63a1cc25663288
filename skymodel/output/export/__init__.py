"""Maps and regions as other tools take them: their objects in Python, their files on disk.

Here lives one module a kind of thing handed over; which library reads what is tested in ``tests/output/export``. A map
with pixels that hold no value is refused: elsewhere UNSEEN would be taken for data.
"""
