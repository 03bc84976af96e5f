#!/usr/bin/env python3
"""moto's server, with queues that lose nothing when several clients work on them at once.

Takes moto_server's arguments and prints its lines.
"""

import sys

from moto.server import main

from whole import queues

if __name__ == "__main__":
    queues.apply()
    main(sys.argv[1:])
