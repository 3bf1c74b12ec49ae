"""When the caller has finished speaking: decisions on words, apart from all audio plumbing, all on this machine."""
