"""The explorer: a local page on which a model is chosen, moved by sliders, looked at and compared.

Here live the choices, what is computed for them, the page and its server. The page accepts its own origin only, and
nothing that comes from the browser names a file or code.
"""
