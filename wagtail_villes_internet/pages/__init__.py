"""Ready pages for a host that writes no code: « Notre label », « Nos services numériques » and
« En un coup d’œil ».

An application of its own, which a host may leave out: the only part of the package that makes
page types.
"""
