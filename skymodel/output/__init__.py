"""What leaves the program: files, figures, pages, folders, and the words on a terminal.

Rooms: ``files`` (a module a format), ``figures`` (drawing), ``report`` (pages), ``folders`` (what a command leaves
behind). Only here and in the doors is anything written; no number is computed here.
"""
