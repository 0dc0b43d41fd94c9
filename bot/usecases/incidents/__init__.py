"""What people and clocks do to incidents: load, decide in the domain, save. No word of the chat."""
