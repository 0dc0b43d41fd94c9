"""The rules of Signalbox as frozen values and pure functions.

Nothing here waits, reads a clock, draws a random number or has heard of Slack, Redis or a cloud:
time and identifiers are arguments, and what should happen next is a value that somebody else
performs.
"""
