"""What Signalbox says in each language. What people wrote themselves is never translated."""
