"""Incidents as people see them: pure functions from values to messages, forms and the home tab."""
