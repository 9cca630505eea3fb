"""A synthetic district: residents who complain, departments that answer, a fast clock.

Everything here acts from outside, as people do: over the services' HTTP interfaces with tokens, and by reading
departments' topics. No service knows that a demo runs, and none reads what is true here.
"""
