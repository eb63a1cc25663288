"""Names to densities and back: the registry, the published models, the form of a configuration.

Here lives what turns a mapping into a density and a density into a mapping. No formula lives here.
"""
