"""Block Kit from values. Every length limit and every escape of user text lives here."""
