"""How gunicorn serves the site, beyond what its command line can say."""

from gunicorn.http import message

LONGEST_ADDRESS = 65_536  # up to there our own pages answer; a thousand letters of some scripts take nine thousand

# gunicorn lowers every limit to this one, and cuts off with a bare English line what is longer.
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS
