"""What an import, or one cell of it, may be refused for. Every message is fit to be shown."""


class ImportingError(ValueError):
    """Anything that is wrong with what is imported."""


class CellError(ImportingError):
    """This cell cannot be used, and its line with it; the other lines can."""


class TooManyLines(ImportingError):
    """More than one import takes."""
