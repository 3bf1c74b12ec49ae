"""Tools of other people's servers (Model Context Protocol) in our calls: which may be asked, and how what they say is
kept what it is, data."""
