"""Published lists of who was labelled: read from files, matched to the table, kept and shown.

`reading` gives the lines of a file, `headers`, `levels` and `parsing` say what they mean, and
`matching` whom they are about: none of these knows the database. `store` keeps the result, and
`importing` joins them. `listing` reads the list of one edition for a page.
"""
