"""What the sidecar does for calendars beside answering requests."""
