"""A small cloud on this machine: Cloud Run and Cloud Monitoring over gRPC; over HTTP an image
registry, and what the containers that run there answer.

It answers with Google's own message types, so that the production adapters talk to it unchanged.
What its revisions do with how many requests is set while it runs: see `workload` and `behaviour`.
"""
