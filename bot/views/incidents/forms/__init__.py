"""Forms about incidents. No input takes more than the domain does.

Where the domain has no limit (an ETA, a reason, an address), the form has one of its own.
"""
