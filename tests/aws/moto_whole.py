#!/usr/bin/env python3
"""moto's server, made whole where it leaves out what this product's stack is made of.

Takes moto_server's arguments and prints its lines. What it adds, and why, is in the modules of `whole`.
"""

import os
import sys

# Roles are given policies of AWS's own, which moto leaves out unless it is told to.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

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
