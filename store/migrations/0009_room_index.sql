-- A new call closes the calls its room's dead worker left; that looks them up by room, on the way to the first word.

CREATE INDEX conversations_in_room ON conversations (tenant_id, room_name);
