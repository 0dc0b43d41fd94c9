"""A small cloud on this machine: Cloud Run over gRPC and an image registry over HTTP.

It answers with Google's own message types, so that the production adapter talks to it unchanged.
"""
