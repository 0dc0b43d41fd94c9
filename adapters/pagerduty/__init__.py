"""PagerDuty: calls people who are not looking at the chat."""
