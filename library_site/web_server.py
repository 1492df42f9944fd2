"""How gunicorn serves the site, beyond what its command line can say."""

import gc
from typing import Any

from gunicorn.http import message

LONGEST_ADDRESS = 65_536  # up to there our own pages answer; a thousand letters of some scripts take nine thousand

# gunicorn lowers every limit to this one, and cuts off with a bare English line what is longer.
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS


def post_worker_init(_worker: Any) -> None:
    """What is there by now stays: it need not be looked through again and again for what can be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
