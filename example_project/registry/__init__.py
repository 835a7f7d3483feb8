"""The reference registry: a small program of its own that plays the association's side.

It speaks the registry contract, version 1, keeps its data in one SQLite file and shares no code
with the package that declares services to it: two readings of one text check each other.
"""
