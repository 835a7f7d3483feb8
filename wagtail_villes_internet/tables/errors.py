"""What a file of rows is refused for. The message is fit to be shown."""


class TableError(ValueError):
    """Nothing of the file can be used: it is no list, or it lacks a column."""
