"""What a density is: the contract every one keeps, and how densities combine, move, flatten and smear.

Here live the base classes, the algebra of products and sums, the kinds of fields and wrappers of any density.
No model of the Galaxy lives here and nothing that reads a file.
"""
