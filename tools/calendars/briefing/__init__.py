"""What a person is told of their calendar unasked: the day's briefing, heads-ups, double bookings, when to leave."""
