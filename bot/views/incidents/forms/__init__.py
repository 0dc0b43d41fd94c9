"""Forms about incidents. Every input takes at most what the domain takes."""
