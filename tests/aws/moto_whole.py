#!/usr/bin/env python3
"""moto's server, made whole where it leaves out what this product's stack is made of.

Takes moto_server's arguments and prints its lines. What it adds, and why, is in the modules of `whole`.
"""

import sys

from moto.server import main

from whole import cloudformation, events, instances, parameters, permissions, resources, speed, updates

if __name__ == "__main__":
    speed.apply()
    events.apply()
    instances.apply()
    permissions.apply()
    parameters.apply()
    updates.apply()
    cloudformation.apply(resources.TYPES)
    main(sys.argv[1:])
