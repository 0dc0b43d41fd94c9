"""Incidents as people ask for them: what they type, press and fill in, and who answers it."""
