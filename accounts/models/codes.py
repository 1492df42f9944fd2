"""What a card number, a barcode or a short code may look like in the database."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

CODE = r"^[A-Z0-9][A-Z0-9./+-]{0,39}\Z"
CODE_PATTERN = RegexValidator(
    CODE,
    _("Use capital letters A to Z, digits and . / + - only, beginning with a letter or digit."),
)
