"""Card numbers and barcodes made by the library: prefix, running number, check letter."""

DIGITS = 6
CHECK_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"  # 23 of them, a prime; I, O and Z look like digits


def numbered_code(prefix: str, number: int) -> str:
    """The code for a running ``number``, for example ``M000042K``.

    The check letter catches every single wrong character and every swap of neighbours: it is the remainder of the
    whole code by 23, and as it is a letter after digits, it cannot change places with one unseen.
    """
    body = f"{number:0{DIGITS}d}"
    return prefix + body + _check_letter(prefix, body)


def is_mistyped(code: str, prefix: str) -> bool:
    """Whether ``code`` has the shape of one of our own codes with this ``prefix`` but a wrong check letter."""
    body = code[len(prefix) : -1]
    own_shape = code.startswith(prefix) and len(body) >= DIGITS and body.isascii() and body.isdigit()
    return own_shape and code[-1] != _check_letter(prefix, body)


def _check_letter(prefix: str, body: str) -> str:
    value = int(prefix, 36) * 10 ** len(body) + int(body)
    return CHECK_LETTERS[value % len(CHECK_LETTERS)]
