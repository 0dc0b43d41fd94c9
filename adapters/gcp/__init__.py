"""Google Cloud. Nothing here is imported before the first target is opened or warmed."""
