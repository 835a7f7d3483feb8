"""What a list, or one line of it, may be refused for. Every message is fit to be shown."""


class PalmaresError(ValueError):
    """Anything that is wrong with a list."""


class LineError(PalmaresError):
    """This line cannot be used; the others can."""
