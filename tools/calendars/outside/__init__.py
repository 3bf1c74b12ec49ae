"""How calendar servers on the network are spoken to: requests with limits, waits and retries; no provider's words."""
