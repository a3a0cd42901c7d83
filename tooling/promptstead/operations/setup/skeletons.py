"""Where the files lie that ``init`` and ``new`` start from."""

import os

SKELETONS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "skeletons")
