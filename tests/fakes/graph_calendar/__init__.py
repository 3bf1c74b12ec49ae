"""Microsoft Graph's calendars on loopback. Tests start ``server.FakeGraph``; ``mailbox`` behaves like Exchange."""
