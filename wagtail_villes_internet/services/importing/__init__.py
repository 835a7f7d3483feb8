"""What a town already has, in a spreadsheet or a list of titles, made into its services.

`reading` gives the lines of a file, `columns`, `cells`, `referential` and `parsing` say what they
mean, and `planning` what each would change: none of these writes. `store` keeps the result as an
editor would, and `undoing` takes it back. `model_file` is the spreadsheet to fill in.
"""
