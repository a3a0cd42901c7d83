"""Text in columns of a terminal: how wide it is shown, and padded to a width."""


def width(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def left(text: str, columns: int) -> str:
    """Return *text* with the spaces behind it that fill so many *columns*."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """Return *text* with the spaces before it that fill so many *columns*."""
    return " " * (columns - width(text)) + text


def _width(character: str) -> int:
    if character.isascii():
        return 1
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
