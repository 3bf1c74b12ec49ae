"""What a first start puts in: the personas and a sample document."""
