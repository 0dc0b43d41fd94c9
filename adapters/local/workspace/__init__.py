"""A strict Slack workspace on this machine: for tests, and for trying Signalbox without Slack."""
