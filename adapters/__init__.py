"""The ports implemented: one folder per neighbouring system; none knows another."""
