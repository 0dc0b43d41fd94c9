"""Neighbours to run on one machine: a Slack workspace, a cloud and a Redis server."""
