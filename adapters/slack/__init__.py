"""Slack's Web API as Signalbox uses it: people, messages, answers, the app manifest, a check-up.

What arrives from Slack is not here; it enters by `bot.inbound`.
"""
