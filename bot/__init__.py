"""Signalbox: deploys, approvals, rollbacks and incidents from Slack."""
