"""E-mail: written into an outbox with what causes it, sent by the job process."""
