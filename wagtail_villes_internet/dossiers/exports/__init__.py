"""The dossier as files, to copy from, to keep, to check and to print: one module a format.

Everything comes from the octets that were frozen and their annex, and from nothing else of the
site: whatever becomes of it, the export of a version is the same file, octet for octet, with the
same release of this package and of what writes the format. What is known of the version (its state,
its receipt, a seal that cannot be verified) is said beside, and is the one thing that moves.
"""
