"""State in Redis: documents, agenda, outbox and audit log."""
