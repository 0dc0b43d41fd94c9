"""Thin controllers: parse what a person sent, call one use case, choose the view of the answer."""
