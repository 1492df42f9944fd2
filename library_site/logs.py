"""What the log says of answers that are refusals."""

import logging

FIRST_FAULT = 500


class OneLineRefusals(logging.Filter):
    """Whoever may not, or asks what nobody understands, gets an answer and one line: no fault, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", FIRST_FAULT) < FIRST_FAULT:
            record.exc_info = record.exc_text = None
        return True
