"""A synthetic district: residents who complain, departments that answer, and a fast clock.

The demo acts from outside, as people and their systems do: over the services' HTTP interfaces with tokens, and over
the departments' topics. No service knows that a demo is running, and none can read which faults really exist.
"""
