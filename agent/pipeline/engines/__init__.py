"""Speech models in processes of their own, shared by every call on the machine and reached over a unix socket.

protocol.py says what travels, server.py runs inside an engine, client.py inside a call, supervisor.py keeps engines
alive. An engine knows nothing of LiveKit, rooms or the network.
"""
