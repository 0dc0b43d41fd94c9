"""Incidents: pure values and decisions, which know nothing of deploys.

What an incident has to know of a deploy arrives as a value of its own (`incident.Suspect`,
`incident.LinkedDeploy`), read by the use cases.
"""
